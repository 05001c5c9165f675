import { useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Shift } from '../../../../src/oncall/contract.ts';
import type { OverrideJson, ScheduleJson } from '../../../../src/oncall/schedules/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { useNow } from '../../ui/clock.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { useMayAct, useMe } from '../access/me.ts';
import { CalendarLinkButton } from './calendar-link.tsx';
import { calendarMonths, calendarSpan } from './calendar-days.ts';
import { CalendarMonths, colourOf } from './calendar-month.tsx';
import { OverrideForm } from './override-form.tsx';
import { ShiftList } from './shift-list.tsx';

const MONTHS = 4;
const HOUR = 3_600_000;

/** A schedule: who is on call in the three months to come, and who stands in. */
export default function SchedulePage(): ReactNode {
  const name = useParam('name');
  useTitle(name);
  const schedules = useList<ScheduleJson>(`${API}/schedules`);
  return (
    <Answer query={schedules} lines={8}>
      {(all) => {
        const schedule = all.find((one) => one.name === name);
        return schedule === undefined ? <p className="empty">There is no schedule '{name}'.</p> : <Schedule schedule={schedule} />;
      }}
    </Answer>
  );
}

function Schedule({ schedule }: { schedule: ScheduleJson }): ReactNode {
  const { name, people, timeZone, team } = schedule;
  // The day, so that the question stays the same while it lasts.
  const today = new Date(useNow()).setHours(0, 0, 0, 0);
  const span = calendarSpan(today, MONTHS);
  const iso = (at: number): string => new Date(at).toISOString();
  const path = `${API}/schedules/${encodeURIComponent(name)}`;
  const shifts = useList<Shift>(withQuery(`${path}/shifts`, { from: iso(span.from), to: iso(span.to) }));
  const mayAct = useMayAct();
  const me = useMe().data?.person ?? null;
  const narrow = useSmall();
  const [asMonths, showMonths] = useState(false);
  const small = narrow && !asMonths;
  const [chosen, setChosen] = useState<{ from: number; to: number } | null>(null);
  const choose = mayAct ? (from: number, to: number): void => setChosen({ from, to }) : undefined;
  const now = useNow();
  return (
    <div className="stack">
      <PageHead title={name}>
        {team !== null && <>of {team}, </>}
        handed over in {timeZone}; times are on your clock.
      </PageHead>
      <div className="row">
        {mayAct && (
          <button type="button" className="button button-main" onClick={() => setChosen({ from: Date.now(), to: Date.now() + 4 * HOUR })}>
            Take the next hours
          </button>
        )}
        <Link className="button" to="/shifts">
          My shifts
        </Link>
        <CalendarLinkButton kind="schedule" name={name} />
      </div>
      <Card
        title="Who is on call"
        aside={choose && !small ? (narrow ? 'slide over days, or touch one' : 'drag over days to change who') : undefined}
      >
        {narrow && (
          <div className="row" role="group" aria-label="Show">
            {[false, true].map((months) => (
              <button
                key={String(months)}
                type="button"
                className="button button-plain span-button"
                aria-pressed={asMonths === months}
                onClick={() => showMonths(months)}
              >
                {months ? 'Months' : 'List'}
              </button>
            ))}
          </div>
        )}
        <div className="row small" style={{ marginBottom: 12 }}>
          {people.map((person) => (
            <span key={person.name} className="row">
              <span className="shift-colour" style={{ '--shift': colourOf(people, person.name) } as Record<string, string>} />
              {person.title}
            </span>
          ))}
        </div>
        <Answer query={shifts} lines={12} empty="Nobody is on call in these months.">
          {(found) =>
            small ? (
              <ShiftList shifts={found.filter(({ to }) => Date.parse(to) > now)} people={people} onChoose={choose} />
            ) : (
              <CalendarMonths months={calendarMonths(found, today, MONTHS)} people={people} now={now} onChoose={choose} />
            )
          }
        </Answer>
      </Card>
      <Overrides path={path} mayAct={mayAct} />
      {chosen && <OverrideForm schedule={name} people={people} person={me} span={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}

function Overrides({ path, mayAct }: { path: string; mayAct: boolean }): ReactNode {
  const overrides = useList<OverrideJson>(`${path}/overrides`);
  const remove = useAction(
    (id: string) => request('DELETE', `${path}/overrides/${encodeURIComponent(id)}`),
    [`${API}/schedules`, `${API}/oncall`],
  );
  return (
    <Card title="Who stands in">
      {remove.error && <ErrorNote error={remove.error} />}
      <Answer query={overrides} empty="Nobody: the rotation is as it is written.">
        {(all) => (
          <ul className="list">
            {all.map((one) => (
              <li key={one.id ?? `${one.person.name} ${one.from}`} className="list-row">
                <div className="list-body">
                  <div>
                    <span className="strong">{one.person.title}</span> {one.layer !== 'primary' && <Tag tone="none">{one.layer}</Tag>}{' '}
                    {one.swap !== null && <Tag tone="none">swap</Tag>}
                  </div>
                  <div className="small dim">
                    <At time={one.from} /> to <At time={one.to} />
                    {one.reason !== '' && ` · ${one.reason}`}
                    {one.id === null && ' · written in the document'}
                  </div>
                </div>
                {mayAct && one.id !== null && (
                  <button
                    type="button"
                    className="button"
                    aria-label={`Take back: ${one.person.title} as ${one.layer}`}
                    disabled={remove.isPending}
                    onClick={() => remove.mutate(one.id ?? '')}
                  >
                    Take back
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Card>
  );
}

const SMALL = '(width < 760px)';

/** Whether the page is as narrow as a phone's. */
function useSmall(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(SMALL);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => window.matchMedia(SMALL).matches,
  );
}
