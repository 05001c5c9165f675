import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import type { PreviewAnswer } from '../../../../src/alerting/muting/contract.ts';
import { ApiProblem, request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { count, plural } from '../../ui/format.ts';
import { Select, TextBox, TextField } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';

const SILENCES = `${API}/silences`;
const PREVIEW_AFTER_MS = 400;
const LENGTHS = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['1d', '1 day'],
  ['1w', '1 week'],
  ['30d', '30 days'],
] as const;

/** One matcher a line. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export function SilenceForm(): ReactNode {
  const [matchers, setMatchers] = useState(() => new URLSearchParams(window.location.search).getAll('m').join('\n'));
  const [reason, setReason] = useState('');
  const [length, setLength] = useState('2h');
  const [hours, setHours] = useState<{ from: string; to: string } | null>(null);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const recurring = hours === null ? null : { ...hours, timeZone };
  const body = { matchers: linesOf(matchers), recurring };
  const make = useAction(() => request('POST', SILENCES, { ...body, duration: length, reason }), [SILENCES, `${API}/alerts`]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate(undefined, {
      onSuccess: () => {
        setMatchers('');
        setReason('');
      },
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextBox
        label="Alerts that fit all of these"
        hint="One matcher a line: service=shop, instance=~web-.+, env!=dev; or an alert's name."
        rows={3}
        required
        className="mono"
        value={matchers}
        onChange={(event) => setMatchers(event.target.value)}
      />
      <Preview body={body} />
      <TextField label="Reason" required maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <Select label="For" value={length} options={LENGTHS} onChange={setLength} />
      <label className="row">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={(event) => setHours(event.target.checked ? { from: '02:00', to: '03:30' } : null)}
        />
        Only at certain hours
      </label>
      {hours !== null && (
        <div className="row">
          <TextField
            label="From"
            hint={`Time of ${timeZone}`}
            type="time"
            required
            value={hours.from}
            onChange={(event) => setHours({ ...hours, from: event.target.value })}
          />
          <TextField
            label="To"
            type="time"
            required
            value={hours.to}
            onChange={(event) => setHours({ ...hours, to: event.target.value })}
          />
        </div>
      )}
      {make.error && <ErrorNote error={make.error} />}
      {make.isSuccess && <Note>Silenced. Before it lapses over an alert that fires, you are told.</Note>}
      <button type="submit" className="button button-main" disabled={make.isPending}>
        Silence
      </button>
    </form>
  );
}

/** What it would hide, asked again while it is typed. */
function Preview({ body }: { body: { readonly matchers: readonly string[]; readonly recurring: object | null } }): ReactNode {
  const [answer, setAnswer] = useState<PreviewAnswer | ApiProblem | undefined>();
  const asked = JSON.stringify(body);
  const empty = body.matchers.length === 0;
  useEffect(() => {
    if (empty) return setAnswer(undefined);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      request<PreviewAnswer>('POST', `${SILENCES}/preview`, JSON.parse(asked), abort.signal)
        .then(setAnswer)
        .catch((error: unknown) => {
          if (!abort.signal.aborted) setAnswer(error instanceof ApiProblem ? error : undefined);
        });
    }, PREVIEW_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, empty]);
  if (answer === undefined) return null;
  if (answer instanceof ApiProblem) return <ErrorNote error={answer} />;
  const { now, past, warnings } = answer;
  return (
    <div className="stack" role="status">
      {warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
      <div className="small">
        <span className="strong">Now:</span> {now.count === 0 ? 'no alert that fires fits.' : `${plural(now.count, 'alert')} that fire or are about to:`}
        {now.alerts.slice(0, 5).map(({ fingerprint, rule, service }) => (
          <div key={fingerprint} className="mono dim">
            {rule} {service}
          </div>
        ))}
      </div>
      <div className="small">
        <span className="strong">The last 7 days:</span> it would have hidden {count(past.hidden)} of {plural(past.of, 'alert')}
        {!past.complete && ' (only the newest were looked at)'}.
        {past.days.slice(0, 7).map(({ day, hidden, alerts }) => (
          <div key={day} className="dim">
            {day}: {hidden} ({alerts.slice(0, 3).map(({ rule }) => rule).join(', ')}
            {alerts.length > 3 && ', …'})
          </div>
        ))}
      </div>
    </div>
  );
} // prettier-ignore
