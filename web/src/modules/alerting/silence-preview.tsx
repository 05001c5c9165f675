import { useEffect, useState, type ReactNode } from 'react';
import type { PreviewAnswer } from '../../../../src/alerting/muting/contract.ts';
import { ApiProblem, request } from '../../api/http.ts';
import { API } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { count, plural } from '../../ui/format.ts';
import { Note } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

const AFTER_MS = 400;
const SHOWN = 5;
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

interface PreviewProps {
  readonly body: { readonly matchers: readonly string[]; readonly recurring: object | null };
}

/** What a silence would hide, and would have hidden: asked again while it is typed. */
export function SilencePreview({ body }: PreviewProps): ReactNode {
  const [answer, setAnswer] = useState<PreviewAnswer | ApiProblem | undefined>();
  const asked = JSON.stringify(body);
  const empty = body.matchers.length === 0;
  useEffect(() => {
    if (empty) return setAnswer(undefined);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      request<PreviewAnswer>('POST', `${API}/silences/preview`, JSON.parse(asked), abort.signal)
        .then(setAnswer)
        .catch((error: unknown) => {
          if (!abort.signal.aborted) setAnswer(error instanceof ApiProblem ? error : undefined);
        });
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, empty]);
  if (answer === undefined) return null;
  return answer instanceof ApiProblem ? <ErrorNote error={answer} /> : <Found preview={answer} />;
}

function Found({ preview: { now, past, warnings } }: { preview: PreviewAnswer }): ReactNode {
  return (
    <div className="preview small" role="status">
      {warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
      <p>
        <span className="strong">Now:</span>{' '}
        {now.count === 0 ? 'it hides no alert.' : `it hides ${plural(now.count, 'alert')} that ${now.count === 1 ? 'fires' : 'fire'} or will soon.`}
      </p>
      <ul>
        {now.alerts.slice(0, SHOWN).map(({ fingerprint, rule, service }) => (
          <li key={fingerprint}>
            <Link to={`/alerts/${fingerprint}`}>{rule}</Link> <span className="dim">{service}</span>
          </li>
        ))}
        {now.count > SHOWN && <li className="dim">and {now.count - SHOWN} more</li>}
      </ul>
      <p>
        <span className="strong">The last 7 days:</span> it would have hidden {count(past.hidden)} of {plural(past.of, 'alert')}
        {!past.complete && ' (only the newest were looked at)'}.
      </p>
      <ul className="dim">
        {past.days.slice(0, 7).map((one) => (
          <li key={one.day}>
            {day.format(new Date(one.day))}: {one.hidden} (
            {one.alerts
              .slice(0, 3)
              .map(({ rule }) => rule)
              .join(', ')}
            {one.alerts.length > 3 && ', …'})
          </li>
        ))}
      </ul>
    </div>
  );
} // prettier-ignore
