import { useState, type ReactNode } from 'react';
import type { PersonShift, PersonShifts, ScheduleJson, SwapJson } from '../../../../src/oncall/schedules/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useGet, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { useNow } from '../../ui/clock.ts';
import { duration } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';
import { useMe } from '../access/me.ts';
import './calendar.css';
import { CalendarLinkButton } from './calendar-link.tsx';
import { OverrideForm } from './override-form.tsx';
import { SwapForm } from './swap-form.tsx';

const SWAPS = `${API}/swaps`;
/** What is next matters most. */
const SHOWN = 8;

/** What is mine: my shifts, what I am asked, what I asked. */
export default function MyShiftsPage(): ReactNode {
  useTitle('My shifts');
  const me = useMe();
  return (
    <div className="stack">
      <PageHead title="My shifts">The next three months, on your clock.</PageHead>
      <Answer query={me} lines={6}>
        {({ person }) =>
          person === null ? (
            <Note tone="warn">No Person document has your address, so you have no shifts. Ask whoever keeps the documents to add one.</Note>
          ) : (
            <Mine person={person} />
          )
        }
      </Answer>
    </div>
  );
}

function Mine({ person }: { person: string }): ReactNode {
  const shifts = useGet<PersonShifts>(withQuery(`${API}/oncall/shifts`, { person }));
  const swaps = useList<SwapJson>(withQuery(SWAPS, { person, state: 'proposed' }));
  const schedules = useList<ScheduleJson>(`${API}/schedules`).data ?? [];
  const [all, showAll] = useState(false);
  const [doing, setDoing] = useState<{ what: 'swap' | 'give'; shift: PersonShift } | null>(null);
  const peopleOf = (schedule: string): ScheduleJson['people'] =>
    (schedules.find(({ name }) => name === schedule)?.people ?? []).filter(({ name }) => name !== person);
  return (
    <>
      <Swaps swaps={swaps.data ?? []} person={person} />
      <div className="row">
        <CalendarLinkButton kind="person" />
        <Link className="button" to="/oncall">
          Who is on call now
        </Link>
      </div>
      <Card title="Shifts">
        <Answer query={shifts} lines={6}>
          {(data) => (
            <ul className="list">
              {data.shifts.length === 0 && <li className="empty">You have no shift in the next three months.</li>}
              {data.shifts.slice(0, all ? undefined : SHOWN).map((shift) => (
                <ShiftRow
                  key={`${shift.schedule} ${shift.role} ${shift.from}`}
                  shift={shift}
                  onSwap={() => setDoing({ what: 'swap', shift })}
                  onGive={() => setDoing({ what: 'give', shift })}
                />
              ))}
              {data.shifts.length > SHOWN && !all && (
                <li className="list-block">
                  <button type="button" className="button" onClick={() => showAll(true)}>
                    Show all {data.shifts.length} of the next three months
                  </button>
                </li>
              )}
            </ul>
          )}
        </Answer>
      </Card>
      {doing?.what === 'give' && (
        <OverrideForm
          schedule={doing.shift.schedule}
          people={peopleOf(doing.shift.schedule)}
          person={doing.shift.with?.name ?? null}
          layer={doing.shift.role}
          span={{ from: Date.parse(doing.shift.from), to: Date.parse(doing.shift.to) }}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.what === 'swap' && <SwapForm shift={doing.shift} people={peopleOf(doing.shift.schedule)} onClose={() => setDoing(null)} />}
    </>
  );
}

function ShiftRow({ shift, onSwap, onGive }: { shift: PersonShift; onSwap: () => void; onGive: () => void }): ReactNode {
  const { schedule, role, from, to, with: other } = shift;
  const now = useNow();
  const running = Date.parse(from) <= now;
  return (
    <li className="list-row shift-row">
      <div className="list-body">
        <div className="row">
          <span className="strong">
            <At time={from} /> to <At time={to} />
          </span>
          {running && <Tag tone="ok">now</Tag>}
        </div>
        <div className="small dim">
          {role} of <Link to={`/schedules/${schedule}`}>{schedule}</Link>, {duration(Date.parse(to) - Date.parse(from))}
          {other !== null && `, with ${other.title}`}
        </div>
      </div>
      {role !== 'shadow' && (
        <div className="row">
          {!running && (
            <button type="button" className="button" onClick={onSwap}>
              Swap
            </button>
          )}
          <button type="button" className="button" onClick={onGive}>
            Give away
          </button>
        </div>
      )}
    </li>
  );
}

function Swaps({ swaps, person }: { swaps: readonly SwapJson[]; person: string }): ReactNode {
  const answer = useAction(
    ({ id, verb }: { id: string; verb: string }) => request('POST', `${SWAPS}/${encodeURIComponent(id)}/${verb}`, {}),
    [SWAPS, `${API}/oncall`, `${API}/schedules`],
  );
  if (swaps.length === 0) return null;
  const button = (one: SwapJson, verb: string, label: string, main = false): ReactNode => (
    <button
      type="button"
      className={main ? 'button button-main' : 'button'}
      disabled={answer.isPending}
      onClick={() => answer.mutate({ id: one.id, verb })}
    >
      {label}
    </button>
  );
  return (
    <Card title="Swaps that wait for an answer">
      {answer.error && <ErrorNote error={answer.error} />}
      <ul className="list">
        {swaps.map((one) => {
          const asked = one.taker.name === person;
          return (
            <li key={one.id} className="list-row shift-row">
              <div className="list-body">
                <div className="strong">{asked ? `${one.giver.title} asks you` : `You asked ${one.taker.title}`}</div>
                <div className="small">
                  {asked ? 'You take' : `${one.taker.title} takes`} {one.layer} of {one.schedule}: <At time={one.give.from} /> to{' '}
                  <At time={one.give.to} />
                </div>
                {one.back !== null && (
                  <div className="small">
                    {asked ? `${one.giver.title} takes` : 'You take'}: <At time={one.back.from} /> to <At time={one.back.to} />
                  </div>
                )}
                {one.note !== '' && <div className="small dim">{one.note}</div>}
              </div>
              <div className="row">
                {asked ? (
                  <>
                    {button(one, 'accept', 'Accept', true)}
                    {button(one, 'decline', 'Decline')}
                  </>
                ) : (
                  button(one, 'cancel', 'Take back')
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
