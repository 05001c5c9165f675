import { useState, type ReactNode } from 'react';
import type { MaintenanceJson } from '../../../../src/alerting/muting/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At, Card } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { LeftOut } from './left-out.tsx';
import { MaintenanceForm } from './maintenance-form.tsx';
import { EndButton, TONES, WORDS } from './muting-state.tsx';
import { hoursText } from './recurring-fields.tsx';

const MAINTENANCE = `${API}/maintenance`;

/** Planned work: nobody is paged for the services meanwhile. */
export function MaintenanceCard({ mayAct }: { mayAct: boolean }): ReactNode {
  const maintenance = useList<MaintenanceJson>(MAINTENANCE, { every: 60_000 });
  const [planning, plan] = useState(false);
  const button = (
    <button type="button" className="button" onClick={() => plan(true)}>
      Plan
    </button>
  );
  return (
    <Card title="Maintenance" aside={mayAct ? button : undefined}>
      <Answer query={maintenance} empty="No work is planned. While it lasts, nobody is paged for its services.">
        {(all) => (
          <ul className="list">
            {all.map((one) => (
              <MaintenanceRow key={one.id} maintenance={one} mayAct={mayAct} />
            ))}
          </ul>
        )}
      </Answer>
      <Dialog open={planning} title="Plan maintenance" onClose={() => plan(false)}>
        <MaintenanceForm onDone={() => plan(false)} />
        <button type="button" className="button" onClick={() => plan(false)}>
          Cancel
        </button>
      </Dialog>
    </Card>
  );
}

function MaintenanceRow({ maintenance, mayAct }: { maintenance: MaintenanceJson; mayAct: boolean }): ReactNode {
  const { id, state, services, reason, recurring, startsAt, endsAt, nextChange, createdBy } = maintenance;
  const end = useAction(() => request('POST', `${MAINTENANCE}/${encodeURIComponent(id)}/end`), [MAINTENANCE, `${API}/alerts`]);
  return (
    <li className="list-block">
      <div className="row row-apart">
        <span className="list-title strong">{reason}</span>
        <Tag tone={TONES[state]}>{WORDS[state]}</Tag>
      </div>
      <div className="small">
        {services.map((name, i) => (
          <span key={name}>
            {i > 0 && ', '}
            <Link to={`/services/${name}`}>{name}</Link>
          </span>
        ))}
      </div>
      <div className="small dim">
        {recurring !== null && <>{hoursText(recurring)} · </>}
        {recurring === null && startsAt !== null && endsAt !== null && (
          <>
            <At time={startsAt} /> to <At time={endsAt} /> ·{' '}
          </>
        )}
        {nextChange !== null && (
          <>
            {state === 'active' ? 'ends' : 'begins'} <Ago time={nextChange} /> ·{' '}
          </>
        )}
        {createdBy === null ? 'by a document' : `by ${createdBy}`}
      </div>
      <LeftOut services={services} />
      {end.error && <ErrorNote error={end.error} />}
      {mayAct && createdBy !== null && state !== 'expired' && (
        <div className="row">
          <EndButton about={reason} pending={end.isPending} sure="End it now: alerts page again" onEnd={() => end.mutate(undefined)} />
        </div>
      )}
    </li>
  );
}
