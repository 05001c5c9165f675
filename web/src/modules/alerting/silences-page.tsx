import { useEffect, useState, type ReactNode } from 'react';
import type { MaintenanceJson, SilenceJson } from '../../../../src/alerting/muting/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { SilenceForm } from './silence-form.tsx';

const SILENCES = `${API}/silences`;
const GROUPS = [
  { state: 'active', title: 'In force' },
  { state: 'pending', title: 'Yet to be, or between their hours' },
  { state: 'expired', title: 'Ended' },
] as const;
const MOST_ENDED = 20;

/** What is held back and why, and a form that says beforehand what it would hide. `?m=service=shop` fills it in. */
export default function SilencesPage(): ReactNode {
  useTitle('Silences');
  // On a phone the form is below the list: whoever comes from an alert wants the form.
  useEffect(() => {
    if (window.location.search.includes('m=')) document.querySelector('#silence')?.scrollIntoView();
  }, []);
  const silences = useList<SilenceJson>(SILENCES, { every: 30_000 });
  const maintenance = useList<MaintenanceJson>(`${API}/maintenance`, { every: 60_000 });
  return (
    <div className="stack">
      <PageHead title="Silences">Only the pages are held back: alerts go on being decided, shown and written down.</PageHead>
      <div className="split">
        <div className="stack">
          <Answer query={silences} lines={6} empty="No silence. The form makes one, and shows beforehand what it would hide.">
            {(all) =>
              GROUPS.map(({ state, title }) => (
                <Group key={state} title={title} silences={all.filter((one) => one.state === state).slice(0, state === 'expired' ? MOST_ENDED : undefined)} />
              ))
            }
          </Answer>
          <Card title="Maintenance" aside="planned work">
            <Answer query={maintenance} empty="No maintenance is planned. A document of kind Maintenance plans it.">
              {(all) => (
                <ul className="list">
                  {all.map((one) => (
                    <Maintenance key={one.id} maintenance={one} />
                  ))}
                </ul>
              )}
            </Answer>
          </Card>
        </div>
        <Card title="Silence alerts" id="silence">
          <SilenceForm />
        </Card>
      </div>
    </div>
  );
} // prettier-ignore

function Group({ title, silences }: { title: string; silences: readonly SilenceJson[] }): ReactNode {
  if (silences.length === 0) return null;
  return (
    <Card title={title} aside={silences.length}>
      <ul className="list">
        {silences.map((one) => (
          <SilenceRow key={one.id} silence={one} />
        ))}
      </ul>
    </Card>
  );
}

const TONES = { active: 'warn', pending: 'none', expired: 'ok' } as const;
const WORDS = { active: 'In force', pending: 'Waits', expired: 'Ended' } as const;
type Hours = NonNullable<SilenceJson['recurring']>;
const hoursOf = ({ days, from, to, timeZone }: Hours): string =>
  `${days.length === 7 ? 'every day' : days.map((day) => day.slice(0, 3)).join(', ')} ${from}–${to} ${timeZone}`;

function SilenceRow({ silence }: { silence: SilenceJson }): ReactNode {
  const { id, state, matchers, reason, createdBy, endsAt, holds, recurring } = silence;
  const [asked, ask] = useState(false);
  const expire = useAction(() => request('POST', `${SILENCES}/${id}/expire`), [SILENCES, `${API}/alerts`]);
  const text = matchers.map(({ name, op, value }) => `${name}${op}"${value}"`).join(' ');
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="row">
          <Tag tone={TONES[state]}>{WORDS[state]}</Tag>
          <span className="list-title strong">{reason}</span>
        </div>
        <div className="small mono">{text}</div>
        <div className="small dim">
          {holds > 0 && `holds back ${plural(holds, 'alert')} · `}
          {recurring !== null && `${hoursOf(recurring)} · `}
          {state === 'expired' ? 'ended' : 'ends'} <Ago time={endsAt} /> · by {createdBy}
        </div>
        {expire.error && <ErrorNote error={expire.error} />}
      </div>
      {state !== 'expired' && (
        <button
          type="button"
          className={asked ? 'button button-alarm' : 'button button-plain'}
          disabled={expire.isPending}
          onClick={() => (asked ? expire.mutate(undefined) : ask(true))}
          onBlur={() => ask(false)}
        >
          {asked && holds > 0 ? `End: ${plural(holds, 'alert pages', 'alerts page')}` : asked ? 'End it now' : 'End'}
          <span className="sr-only"> {reason}</span>
        </button>
      )}
    </li>
  );
}

function Maintenance({ maintenance }: { maintenance: MaintenanceJson }): ReactNode {
  const { state, services, reason, recurring, nextChange, createdBy } = maintenance;
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="row">
          <Tag tone={TONES[state]}>{WORDS[state]}</Tag>
          <span className="list-title strong">{reason}</span>
        </div>
        <div className="small dim">
          {services.join(', ')}
          {recurring !== null && ` · ${hoursOf(recurring)}`}
          {nextChange !== null && (
            <>
              {' '}
              · {state === 'active' ? 'ends' : 'begins'} <Ago time={nextChange} />
            </>
          )}
          {createdBy === null ? ' · by a document' : ` · by ${createdBy}`}
        </div>
      </div>
    </li>
  );
}
