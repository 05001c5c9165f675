import type { ReactNode } from 'react';
import type { AlertHistory } from '../../../../src/alerting/history/contract.ts';
import type { LintAnswer } from '../../../../src/alerting/lint/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { actorName, duration, plural } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { At, Card, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { Findings } from './findings.tsx';

/** One alert over time: each time that it fired, and every message that it caused. */
export default function AlertPage(): ReactNode {
  const history = useGet<AlertHistory>(`${API}/alerts/${encodeURIComponent(useParam('fingerprint'))}/history`, { every: 30_000 });
  return (
    <Answer query={history} lines={8}>
      {(found) => <History history={found} />}
    </Answer>
  );
}

function History({ history }: { history: AlertHistory }): ReactNode {
  const { rule, service, labels, firings, pages, severity } = history;
  useTitle(rule);
  const lint = useGet<LintAnswer>(withQuery(`${API}/rules/lint`, { rule }));
  const [linted] = lint.data?.rules ?? [];
  return (
    <div className="stack">
      <PageHead title={rule}>
        {service !== null && (
          <>
            <Link to={`/services/${service}`}>{service}</Link>,{' '}
          </>
        )}
        {severity}, fired {plural(firings.length, 'time')}
      </PageHead>
      <p className="small dim mono">
        {Object.entries(labels)
          .map(([name, text]) => `${name}=${text}`)
          .join('  ')}
      </p>
      <div className="row">
        <Link className="button" to={withQuery('/backtest', { alert: rule })}>
          Try a change on the past
        </Link>
      </div>
      {linted !== undefined && linted.findings.length > 0 && (
        <Card title="What would make it worth waking for" aside={linted.findings.length}>
          <Findings lint={linted} />
        </Card>
      )}
      <div className="split">
        <Card title="Each time it fired" aside="newest first">
          <ul className="list">
            {firings.map(({ firedAt, resolvedAt, summary }) => (
              <li key={firedAt} className="list-row">
                <div className="list-body">
                  <div className="row">
                    <Tag tone={resolvedAt === null ? 'bad' : 'ok'}>
                      {resolvedAt === null ? 'fires' : duration(Date.parse(resolvedAt) - Date.parse(firedAt))}
                    </Tag>
                    <At time={firedAt} />
                  </div>
                  <div className="small dim">{summary}</div>
                </div>
              </li>
            ))}
          </ul>
        </Card>
        <div className="stack">
          {pages.length === 0 && <Card title="Pages">It was never part of a page: nobody was told.</Card>}
          {pages.map((page) => (
            <PageCard key={page.id} page={page} />
          ))}
        </div>
      </div>
    </div>
  );
}

const TONES: Readonly<Record<string, Tone>> = { sent: 'ok', delivered: 'ok', failed: 'bad', queued: 'none', dropped: 'none' };

function PageCard({ page }: { page: AlertHistory['pages'][number] }): ReactNode {
  return (
    <Card title={page.subject} aside={<Link to={`/pages/${page.id}`}>page</Link>}>
      <ol className="list">
        {page.events.map(({ time, kind, title, actor }) => (
          <li key={`${time} ${kind}`} className="small">
            <At time={time} /> {title} {actor !== 'nines' && <span className="dim">{actorName(actor)}</span>}
          </li>
        ))}
      </ol>
      <ul className="list">
        {page.notifications.map(({ id, person, channel, reason, state, createdAt, lastError }) => (
          <li key={id} className="row small">
            <Tag tone={TONES[state] ?? 'none'}>{state}</Tag>
            <span>
              {reason} to {person ?? 'somebody'} by {channel}, <At time={createdAt} />
              {lastError !== null && <span className="dim"> {lastError}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
