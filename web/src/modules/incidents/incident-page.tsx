import { useState, type ReactNode } from 'react';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural, sentenceList } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, Elapsed, Note } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { EventList } from '../ledger/event-list.tsx';
import { AllClear } from './all-clear.tsx';
import { IncidentFacts } from './incident-facts.tsx';
import { NextAction } from './next-action.tsx';
import { NoteBox, UpdateBox } from './note-box.tsx';
import { Roles } from './roles.tsx';
import { Triage } from './triage.tsx';
import { useIncident } from './use-incident.ts';

export default function IncidentPage(): ReactNode {
  const incident = useIncident(useParam('id'));
  return (
    <Answer query={incident} lines={10}>
      {(data) => <Incident incident={data} />}
    </Answer>
  );
}

/** In the order in which someone who was just woken needs it. */
function Incident({ incident }: { incident: IncidentDetail }): ReactNode {
  const open = incident.state === 'open';
  const isOver = incident.outageEndedAt !== null;
  useTitle(`#${incident.number} ${incident.title}`);
  return (
    <div className="stack">
      <Head incident={incident} />
      <div className="split">
        <div className="stack">
          <IncidentFacts incident={incident} />
          {/* Once the outage is over it is what there is to do; before, it is out of the way of a thumb in a hurry. */}
          {open && isOver && <AllClear incident={incident} />}
          <NextAction incident={incident} />
          {open && <UpdateBox incident={incident} />}
          {!open && <Outcome incident={incident} />}
          <Timeline incident={incident} />
        </div>
        <div className="stack">
          <Triage incident={incident} />
          <Roles incident={incident} />
          {open && !isOver && <AllClear incident={incident} />}
        </div>
      </div>
    </div>
  );
}

function Head({ incident }: { incident: IncidentDetail }): ReactNode {
  const { number, title, state, outageBeganAt, outageEndedAt, allClearAt } = incident;
  const running = outageEndedAt === null && state === 'open';
  return (
    <header className="page-head">
      <div className="row small">
        <span className="dim strong">Incident {number}</span>
        {state === 'all-clear' ? (
          <Tag tone="ok">All clear</Tag>
        ) : running ? (
          <Tag tone="bad">
            Outage for <Elapsed from={outageBeganAt} exact />
          </Tag>
        ) : (
          <Tag tone="warn">Outage ended, not yet all clear</Tag>
        )}
        {!running && (
          <span className="dim">
            lasted <Elapsed from={outageBeganAt} to={outageEndedAt ?? allClearAt} />
          </span>
        )}
      </div>
      <h1>{title}</h1>
    </header>
  );
}

/** Newest first: what is being done now is at the top. Messages are many and say little, so they are shown on demand. */
function Timeline({ incident }: { incident: IncidentDetail }): ReactNode {
  const [all, showAll] = useState(false);
  const messages = incident.timeline.filter(({ kind }) => kind.startsWith('notification.sent')).length;
  const shown = incident.timeline.filter(({ kind }) => all || kind !== 'notification.sent');
  return (
    <Card
      title="Timeline"
      aside={
        messages > 0 && (
          <label className="check">
            <input type="checkbox" checked={all} onChange={(event) => showAll(event.target.checked)} />
            with {plural(messages, 'message')}
          </label>
        )
      }
    >
      <div className="stack">
        <NoteBox incident={incident} />
        <EventList events={shown.toReversed()} seconds />
      </div>
    </Card>
  );
}

function Outcome({ incident }: { incident: IncidentDetail }): ReactNode {
  const { postmortem, allClearAt, services } = incident;
  return (
    <Note tone="ok">
      <p className="strong">
        All clear{allClearAt !== null && ' since '}
        {allClearAt !== null && <At time={allClearAt} />}
        {services.length > 0 && ` for ${sentenceList(services)}`}.
      </p>
      {postmortem === null ? (
        <p>The postmortem is being drafted; it appears here by itself.</p>
      ) : (
        <p>
          <Link to={`/postmortems/${postmortem}`}>Read the postmortem</Link>
        </p>
      )}
    </Note>
  );
}
