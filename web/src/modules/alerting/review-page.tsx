import { useState, type ReactNode } from 'react';
import type { Review, ReviewAnswer, ReviewedAlert, ReviewQuestion } from '../../../../src/alerting/review/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { duration, plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, usePlace, useTitle } from '../../ui/router.tsx';

/** `wished` takes words; the others a thumb, and words where someone has some. */
const QUESTIONS: readonly (readonly [ReviewQuestion, string])[] = [
  ['responded', 'Did we respond as we should?'],
  ['level', 'Was it the right level?'],
  ['keep', 'Should we keep it?'],
  ['change', 'Should we change it?'],
  ['wished', 'What did we wish we had been told?'],
];

export default function ReviewPage(): ReactNode {
  useTitle('Weekly review');
  const { search } = usePlace();
  const team = search.get('team');
  const review = useGet<Review>(withQuery(`${API}/review`, { week: search.get('week'), team }));
  return (
    <div className="stack">
      <PageHead title="Weekly review">The week's alerts, five questions each. A minute an alert is enough.</PageHead>
      <Answer query={review} lines={8}>
        {(found) => <Week review={found} team={team} />}
      </Answer>
    </div>
  );
}

function Week({ review, team }: { review: Review; team: string | null }): ReactNode {
  const { week, alerts, reviewed, previous, next, responses, partial, timeZone } = review;
  const to = (name: string): string => withQuery('/review', { week: name, team });
  return (
    <>
      <nav className="row" aria-label="Weeks">
        <Link className="button" to={to(previous)}>
          ← {previous}
        </Link>
        <span className="strong">{week}</span>
        {next !== null && (
          <Link className="button" to={to(next)}>
            {next} →
          </Link>
        )}
        <span className="small dim">
          {team ?? 'all teams'}, {timeZone}
        </span>
      </nav>
      {partial && <Note tone="warn">More happened in this week than was looked at.</Note>}
      {responses.length > 0 && (
        <Card title="Did we keep our promises?">
          <ul className="list">
            {responses.map(({ severity, promisedMs, promisedUpToMs, pages, inTime, answered, medianMs, longestMs }) => (
              <li key={severity} className="list-row">
                <div className="list-body">
                  <div className="row">
                    <Tag tone={promisedMs === null ? 'none' : inTime === pages ? 'ok' : 'warn'}>{severity}</Tag>
                    <span>
                      {promisedMs === null
                        ? plural(pages, 'page')
                        : `${inTime} of ${plural(pages, 'page')} answered within ${duration(promisedMs)}${promisedUpToMs === promisedMs ? '' : ` to ${duration(promisedUpToMs)}, as was promised`}`}
                    </span>
                  </div>
                  {answered > 0 && (
                    <div className="small dim">
                      half of the answers within {duration(medianMs)}, the longest took {duration(longestMs)}
                    </div>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {alerts.length === 0 ? (
        <Card title="Nothing fired">A calm week. There is nothing to look back at.</Card>
      ) : (
        <p className="dim">
          {reviewed} of {plural(alerts.length, 'alert')} reviewed
        </p>
      )}
      {alerts.map((alert) => (
        <AlertCard key={`${alert.rule} ${alert.service}`} alert={alert} week={week} />
      ))}
    </>
  );
}

function AlertCard({ alert, week }: { alert: ReviewedAlert; week: string }): ReactNode {
  const { rule, service, severity, summary, fired, pages, nights, firingMs, suggestions, occurrences, answers } = alert;
  const done = answers.length === QUESTIONS.length;
  return (
    <Card title={rule} aside={done ? 'reviewed' : `${answers.length} of ${QUESTIONS.length}`}>
      <div className="stack">
        <div>
          <div className="row">
            <Tag tone={severity === 'critical' ? 'bad' : severity === 'today' ? 'warn' : 'none'}>{severity}</Tag>
            {service !== null && <Link to={`/services/${service}`}>{service}</Link>}
          </div>
          <p>{summary}</p>
          <p className="small dim">
            fired {plural(fired, 'time')}, {duration(firingMs)} in all, {plural(pages, 'page')}
            {nights > 0 && `, ${nights} at night`}
          </p>
        </div>
        {suggestions.map(({ kind, title, evidence, backtest }) => (
          <Note key={kind} tone="warn">
            <p className="strong">{title}</p>
            <p className="small">
              {evidence} {backtest !== null && <Link to={backtest}>Try it on the past</Link>}
            </p>
          </Note>
        ))}
        <details>
          <summary>When, and who answered</summary>
          <ul className="list">
            {occurrences.map(({ fingerprint, firedAt, resolvedAt, page, acknowledgedBy, acknowledgedAt, night }) => (
              <li key={`${fingerprint} ${firedAt}`} className="list-row">
                <div className="list-body small">
                  <Link to={`/alerts/${fingerprint}`}>
                    <At time={firedAt} />
                  </Link>
                  {night && ' at night'}
                  {resolvedAt === null ? ', still fires' : `, for ${duration(Date.parse(resolvedAt) - Date.parse(firedAt))}`}
                  {page !== null && (
                    <>
                      , <Link to={`/pages/${page}`}>page</Link>{' '}
                      {acknowledgedAt === null
                        ? 'nobody acknowledged'
                        : `taken by ${acknowledgedBy} after ${duration(Date.parse(acknowledgedAt) - Date.parse(firedAt))}`}
                    </>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </details>
        {QUESTIONS.map(([question, words]) => (
          <Question
            key={question}
            given={answers.find((one) => one.question === question)}
            words={words}
            about={{ week, rule, service, question }}
          />
        ))}
      </div>
    </Card>
  );
}

interface About {
  readonly week: string;
  readonly rule: string;
  readonly service: string | null;
  readonly question: ReviewQuestion;
}

function Question({ words, about, given }: { words: string; about: About; given: ReviewAnswer | undefined }): ReactNode {
  const [note, setNote] = useState(given?.note ?? '');
  const [writing, write] = useState(about.question === 'wished' || note !== '');
  const save = useAction(
    (body: { answer: 'yes' | 'no' | null; note: string }) => request('PUT', `${API}/review/answers`, { ...about, ...body }),
    [`${API}/review`],
  );
  const answer = given?.answer ?? null;
  const press = (pressed: 'yes' | 'no'): void => save.mutate({ answer: answer === pressed ? null : pressed, note });
  const keepNote = (): void => {
    if (note !== (given?.note ?? '')) save.mutate({ answer, note });
  };
  return (
    <fieldset className="review-question">
      <legend className="strong">{words}</legend>
      <div className="review-answer">
        {about.question !== 'wished' &&
          (['yes', 'no'] as const).map((one) => (
            <button
              key={one}
              type="button"
              className={answer === one ? 'button button-main' : 'button'}
              aria-pressed={answer === one}
              disabled={save.isPending}
              onClick={() => press(one)}
            >
              <Thumb down={one === 'no'} />
              {one === 'yes' ? 'Yes' : 'No'}
            </button>
          ))}
        {!writing && (
          <button type="button" className="button button-plain" onClick={() => write(true)}>
            Why?<span className="sr-only"> {words}</span>
          </button>
        )}
        {writing && (
          <input
            className="input"
            aria-label={`Words on: ${words}`}
            placeholder={about.question === 'wished' ? 'which deploy it was, who else knew …' : 'why, or what (if anything)'}
            value={note}
            maxLength={2000}
            onChange={(event) => setNote(event.target.value)}
            onBlur={keepNote}
            onKeyDown={(event) => event.key === 'Enter' && keepNote()}
          />
        )}
      </div>
      <p className="small dim review-kept" aria-live="polite">
        {save.error !== null ? save.error.message : given === undefined ? '' : <>kept by {given.by}</>}
      </p>
    </fieldset>
  );
}

function Thumb({ down }: { down: boolean }): ReactNode {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" style={down ? { transform: 'rotate(180deg)' } : undefined}>
      <path
        d="M2 8h3v8H2Zm4.5 0L9.6 2c1.3 0 2 .9 1.8 2.2L11 7h3.6c1 0 1.7.9 1.5 1.9l-1.2 5.6c-.2.9-.9 1.5-1.8 1.5H6.5Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
