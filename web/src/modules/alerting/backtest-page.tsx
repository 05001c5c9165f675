import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { BacktestAnswer, BacktestOutcome, BacktestRequest, BacktestResult } from '../../../../src/alerting/backtest/contract.ts';
import type { LintAnswer } from '../../../../src/alerting/lint/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Select, TextBox, TextField } from '../../ui/form.tsx';
import { duration, plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, CopyButton, Note, PageHead } from '../../ui/part.tsx';
import { Link, usePlace, useTitle } from '../../ui/router.tsx';
import { askBacktest } from './ask-backtest.ts';
import { BacktestTimeline } from './backtest-timeline.tsx';
import { endOf, replaceEnd } from './threshold.ts';

const DAYS = [['1', 'the last day'], ['7', 'a week'], ['30', '30 days'], ['90', '90 days']] as const; // prettier-ignore

/** A rule tried on the stored past, before it is merged. */
export default function BacktestPage(): ReactNode {
  useTitle('Backtest');
  const { search } = usePlace();
  const lint = useGet<LintAnswer>(`${API}/rules/lint`);
  const alert = search.get('alert') ?? '';
  const inForce = lint.data?.rules.find(({ rule }) => rule === alert);
  return (
    <div className="stack">
      <PageHead title="Backtest">When would it have fired, who would have been called, which incidents would it have caught?</PageHead>
      {alert !== '' && lint.data === undefined && lint.error === null ? null : (
        <Form
          key={alert}
          alert={inForce?.rule ?? ''}
          expr={inForce?.expr ?? search.get('expr') ?? ''}
          labels={{ severity: inForce?.severity ?? 'critical', service: inForce?.service ?? '' }}
          forText={search.get('for') ?? ''}
        />
      )}
    </div>
  );
}

interface FormProps {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string; readonly service: string };
  readonly forText: string;
}

function Form(given: FormProps): ReactNode {
  const [expr, setExpr] = useState(given.expr);
  const [forText, setFor] = useState(given.forText);
  const [severity, setSeverity] = useState(given.labels.severity);
  const [service, setService] = useState(given.labels.service);
  const [days, setDays] = useState('30');
  const [progress, setProgress] = useState<number | undefined>();
  const [answer, setAnswer] = useState<BacktestAnswer>();
  const [error, setError] = useState<Error>();
  const running = useRef<AbortController>(undefined);
  const threshold = endOf(expr);
  const base = endOf(given.expr) ?? threshold;

  async function run(): Promise<void> {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setError(undefined);
    setProgress(0);
    const request: BacktestRequest = {
      ...(given.alert !== '' && expr === given.expr
        ? { alert: given.alert, ...(forText !== '' && { for: forText }) }
        : { rule: { alert: given.alert || 'Tried', expr, labels: { severity, ...(service !== '' && { service }) }, ...(forText !== '' && { for: forText }) } }),
      days: Number(days),
    }; // prettier-ignore
    try {
      setAnswer(await askBacktest(request, setProgress, abort.signal));
    } catch (problem) {
      if (!abort.signal.aborted) setError(problem instanceof Error ? problem : new Error(String(problem)));
    } finally {
      if (running.current === abort) setProgress(undefined);
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run();
  };
  return (
    <>
      <Card title={given.alert === '' ? 'The rule' : `${given.alert}, changed`}>
        <form className="form" onSubmit={submit}>
          <TextBox
            label="Expression"
            className="mono"
            rows={4}
            spellCheck={false}
            required
            value={expr}
            onChange={(event) => setExpr(event.target.value)}
            hint="PromQL, as in a rule file"
          />
          {threshold !== undefined && base !== undefined && (
            <Threshold value={threshold} base={base} onChange={(value) => setExpr(replaceEnd(expr, value))} />
          )}
          <div className="form-line">
            <TextField label="For" placeholder="as it is, or 5m" value={forText} onChange={(event) => setFor(event.target.value)} />
            <Select label="Over" value={days} options={DAYS} onChange={setDays} />
            <Select label="Severity" value={severity} options={['critical', 'today', 'eventually']} onChange={setSeverity} />
            <TextField label="Service" value={service} onChange={(event) => setService(event.target.value)} />
          </div>
          <div className="row">
            <button type="submit" className="button button-main" disabled={progress !== undefined}>
              Try it on the past
            </button>
            {progress !== undefined && (
              <>
                <progress value={progress} aria-label="How far the backtest is" />
                <span className="small dim">{Math.round(progress * 100)} %</span>
                <button type="button" className="button" onClick={() => running.current?.abort()}>
                  Stop
                </button>
              </>
            )}
          </div>
        </form>
      </Card>
      {error !== undefined && <ErrorNote error={error} />}
      {answer !== undefined && <Outcome answer={answer} />}
    </>
  );
}

/** Up to three times the number that it has, in steps of a hundredth of it. */
function Threshold({ value, base, onChange }: { value: number; base: number; onChange: (value: number) => void }): ReactNode {
  const size = Math.abs(base) || 1;
  const step = Number((size / 100).toPrecision(1));
  return (
    <div className="field">
      <label htmlFor="threshold">
        Threshold: <span className="strong">{value}</span>
      </label>
      <input
        id="threshold"
        type="range"
        min={Math.min(0, base * 3, value)}
        max={Math.max(size * 3, value)}
        step={step}
        value={value}
        onChange={(event) => onChange(Number(Number(event.target.value).toPrecision(6)))}
      />
    </div>
  );
}

function Outcome({ answer }: { answer: BacktestAnswer }): ReactNode {
  const { results, notes, from, to, markdown, evaluated, stepMs } = answer;
  return (
    <>
      {notes.map((note) => (
        <Note key={note} tone="warn">
          {note}
        </Note>
      ))}
      {results.map((result) => (
        <Card key={result.alert} title={result.alert} aside={evaluated === 'arrival' ? 'as samples arrived' : `every ${duration(stepMs)}`}>
          <div className="stack">
            <BacktestTimeline from={from} to={to} after={result.after} before={result.before} />
            <Compared result={result} />
            <Incidents after={result.after} />
            <Noise after={result.after} />
            {result.after.failure !== null && (
              <Note tone="bad">
                {plural(result.after.failed, 'evaluation')} failed: {result.after.failure}
              </Note>
            )}
          </div>
        </Card>
      ))}
      <div className="row">
        <CopyButton text={markdown} label="Copy as a comment for a pull request" />
      </div>
    </>
  );
}

type Line = readonly [what: string, of: (one: BacktestOutcome) => string];
const LINES: readonly Line[] = [
  ['Fired', ({ fired }) => plural(fired, 'time')],
  ['Pages', ({ pages, nobody }) => `${pages}${nobody > 0 ? `, ${nobody} reach nobody` : ''}`],
  ['Called', ({ called }) => called.map(({ title, calls }) => `${title} ${calls}×`).join(', ') || 'nobody'],
  ['At night', ({ called }) => plural(called.reduce((sum, { nights }) => sum + nights, 0), 'time')],
  ['Incidents caught', ({ caught, missed }) => `${caught.length} of ${caught.length + missed.length}`],
  ['Without an incident', ({ noise }) => String(noise)],
  ['Time firing', ({ firingMs }) => (firingMs === 0 ? '–' : duration(firingMs))],
]; // prettier-ignore

function Compared({ result: { before, after } }: { result: BacktestResult }): ReactNode {
  return (
    <div className="scroll-x">
      <table className="compared">
        <thead>
          <tr>
            <td />
            {before !== null && <th scope="col">In force</th>}
            <th scope="col">{before === null ? 'Would have' : 'Changed'}</th>
          </tr>
        </thead>
        <tbody>
          {LINES.map(([what, of]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              {before !== null && <td>{of(before)}</td>}
              <td className="strong">{of(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Incidents({ after }: { after: BacktestOutcome }): ReactNode {
  const all = [...after.caught, ...after.missed].sort((a, b) => b.beganAt.localeCompare(a.beganAt));
  if (all.length === 0) return null;
  return (
    <ul className="list">
      {all.map(({ id, number, title, beforeDeclaredMs }) => (
        <li key={id} className="row">
          <Tag tone={beforeDeclaredMs === null ? 'bad' : 'ok'}>
            {beforeDeclaredMs === null
              ? 'missed'
              : `${duration(Math.abs(beforeDeclaredMs))} ${beforeDeclaredMs >= 0 ? 'before' : 'after'} it was declared`}
          </Tag>
          <Link to={`/incidents/${id}`}>
            #{number} {title}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Noise({ after }: { after: BacktestOutcome }): ReactNode {
  const noise = after.firings.filter(({ incident }) => incident === null);
  if (noise.length === 0) return null;
  return (
    <details>
      <summary>Firings without an incident ({after.noise})</summary>
      <ul className="list">
        {noise.slice(0, 50).map(({ firedAt, resolvedAt, summary, labels }) => (
          <li key={`${firedAt} ${JSON.stringify(labels)}`} className="small">
            <At time={firedAt} />, {resolvedAt === null ? 'still fires' : duration(Date.parse(resolvedAt) - Date.parse(firedAt))}: {summary}
          </li>
        ))}
      </ul>
    </details>
  );
}
