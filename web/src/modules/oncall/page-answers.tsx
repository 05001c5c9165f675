import { useState, type ReactNode } from 'react';
import type { PageDetail } from '../../../../src/oncall/contract.ts';
import type { ScheduleJson } from '../../../../src/oncall/schedules/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { useNow } from '../../ui/clock.ts';
import { Select, TextField } from '../../ui/form.tsx';
import { stopwatch, toMs } from '../../ui/format.ts';
import { At } from '../../ui/part.tsx';
import { useMayAct } from '../access/me.ts';

interface Verb {
  readonly verb: 'acknowledge' | 'snooze' | 'escalate' | 'not-mine' | 'resolve';
  readonly body?: object;
}

const SNOOZES = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['12h', '12 hours'],
] as const;

/** What can be answered to a page: one big button while nobody has it, the rest behind one tap more. */
export function PageAnswers({ page }: { page: PageDetail }): ReactNode {
  const mayAct = useMayAct();
  const answer = useAction(
    ({ verb, body = {} }: Verb) => request('POST', `${API}/pages/${encodeURIComponent(page.id)}/${verb}`, body),
    [`${API}/pages`, `${API}/incidents`, `${API}/events`],
  );
  if (page.state === 'resolved') return null;
  const take = page.state === 'triggered' ? 'Acknowledge' : page.snoozedUntil === null ? null : 'Take it up now';
  return (
    <div className="stack stack-tight">
      {mayAct && take !== null && (
        <button
          type="button"
          data-key="a"
          className={`button button-big ${page.state === 'triggered' ? 'button-alarm' : ''}`}
          disabled={answer.isPending}
          onClick={() => answer.mutate({ verb: 'acknowledge' })}
        >
          {answer.isPending ? 'A moment…' : take}
        </button>
      )}
      <Standing page={page} />
      {answer.error && <ErrorNote error={answer.error} />}
      {mayAct && <OtherAnswers pending={answer.isPending} send={(verb) => answer.mutate(verb)} />}
    </div>
  );
}

function Standing({ page }: { page: PageDetail }): ReactNode {
  const now = useNow();
  const next = page.state === 'triggered' && page.escalatesAt !== null ? toMs(page.escalatesAt) - now : 0;
  const promise = page.state === 'triggered' && page.respondedAt === null && page.respondBy !== null ? toMs(page.respondBy) - now : null;
  return (
    <>
      {next > 0 && <p className="small dim">The next person is called in {stopwatch(next)}.</p>}
      {promise !== null && promise > 0 && <p className="small dim">An answer is promised within {stopwatch(promise)}.</p>}
      {promise !== null && promise <= 0 && <p className="small tone-bad">The promised answer is overdue by {stopwatch(-promise)}.</p>}
      {page.snoozedUntil !== null && (
        <p className="small tone-warn">
          Snoozed until <At time={page.snoozedUntil} />: it comes back then.
        </p>
      )}
      {page.declined.length > 0 && <p className="small dim">Not theirs: {page.declined.map(({ title }) => title).join(', ')}.</p>}
    </>
  );
}

function OtherAnswers({ pending, send }: { pending: boolean; send: (verb: Verb) => void }): ReactNode {
  const [reason, setReason] = useState('');
  const [person, setPerson] = useState('');
  const schedules = useList<ScheduleJson>(`${API}/schedules`).data ?? [];
  const people = [...new Map(schedules.flatMap((one) => one.people).map((one) => [one.name, one])).values()];
  const button = (label: string, verb: Verb): ReactNode => (
    <button key={label} type="button" className="button" disabled={pending} onClick={() => send(verb)}>
      {label}
    </button>
  );
  return (
    <details>
      <summary>Snooze, escalate, not mine, resolve</summary>
      <div className="stack stack-tight" style={{ paddingTop: 10 }}>
        <div>
          <p className="small dim">Snooze: it comes back after</p>
          <div className="row">{SNOOZES.map(([length, label]) => button(label, { verb: 'snooze', body: { for: length } }))}</div>
        </div>
        <div className="row">
          {button('Escalate: call the next person now', { verb: 'escalate' })}
          {button('Not mine: call someone else', { verb: 'not-mine' })}
        </div>
        <form
          className="form-line"
          onSubmit={(event) => {
            event.preventDefault();
            send({ verb: 'escalate', body: { person } });
          }}
        >
          <Select
            label="Or someone by name"
            value={person}
            options={[['', 'choose'], ...people.map(({ name, title }) => [name, title] as const)]}
            onChange={setPerson}
          />
          <button type="submit" className="button" disabled={pending || person === ''}>
            Call them
          </button>
        </form>
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            send({ verb: 'resolve', body: { reason } });
          }}
        >
          <TextField
            label="It is over, because"
            required
            maxLength={1_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <button type="submit" className="button" disabled={pending || reason.trim() === ''}>
            Resolve
          </button>
        </form>
      </div>
    </details>
  );
}
