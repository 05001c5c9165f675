import { useState, type ReactNode } from 'react';
import type { Alert } from '../../../../src/alerting/contract.ts';
import type { AlertHistory } from '../../../../src/alerting/history/contract.ts';
import type { LintAnswer } from '../../../../src/alerting/lint/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { actorName, duration, number, plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { DeliveryRow } from '../delivery/delivery-row.tsx';
import { alertGraph, alertTone, alertWord } from './alert-row.tsx';
import { Findings } from './findings.tsx';
import { matcherText } from './matcher-text.ts';

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
  const { fingerprint, rule, service, labels, pages, severity } = history;
  useTitle(rule);
  const now = useList<Alert>(`${API}/alerts`, { every: 15_000 }).data?.find((one) => one.fingerprint === fingerprint);
  const lint = useGet<LintAnswer>(withQuery(`${API}/rules/lint`, { rule }));
  const [linted] = lint.data?.rules ?? [];
  return (
    <div className="stack">
      <PageHead title={now?.annotations['summary'] ?? rule}>
        <span className="row">
          {now !== undefined && <Tag tone={alertTone(now)}>{alertWord(now)}</Tag>}
          <span>
            {rule}
            {service !== null && (
              <>
                {' '}
                of <Link to={`/services/${service}`}>{service}</Link>
              </>
            )}
            {now === undefined ? `, ${severity}; it does not fire now` : <NowText alert={now} />}
          </span>
        </span>
      </PageHead>
      {now?.mutedBy && <Held alert={now} />}
      <ul className="chips small">
        {Object.entries(labels).map(([name, text]) => (
          <li key={name} className="chip mono">
            {name}={text}
          </li>
        ))}
      </ul>
      <Actions history={history} now={now} />
      <div className="split split-even">
        <Firings history={history} />
        <div className="stack">
          {pages.length === 0 && <Card title="Who was told">Nobody: it was never part of a page.</Card>}
          {pages.map((page) => (
            <PageCard key={page.id} page={page} />
          ))}
          {linted !== undefined && linted.findings.length > 0 && (
            <Card title="What would make it worth waking for" aside={linted.findings.length}>
              <Findings lint={linted} />
            </Card>
          )}
        </div>
      </div>
    </div>
  );
}

const NowText = ({ alert: { value, activeAt, resolvedAt } }: { alert: Alert }): ReactNode => (
  <>
    {value !== null && `, value ${number(value)}`}
    {resolvedAt === null ? ', since ' : ', resolved '}
    <Ago time={resolvedAt ?? activeAt} />
  </>
);

function Held({ alert: { mutedBy } }: { alert: Alert }): ReactNode {
  if (mutedBy === null) return null;
  return (
    <Note tone="warn">
      Nobody is called: held back by {mutedBy.why}
      {mutedBy.until !== null && (
        <>
          , until <At time={mutedBy.until} />
        </>
      )}
      .{mutedBy.by === 'silence' && <> <Link to={`/silences/${mutedBy.ref}`}>The silence</Link></>}
    </Note>
  );
} // prettier-ignore

/** Labels that say how bad it is, and not what it is about. */
const NO_MATCHER = new Set(['severity', '__name__']);

function Actions({ history: { labels, rule }, now }: { history: AlertHistory; now: Alert | undefined }): ReactNode {
  const about = Object.entries({ alertname: rule, ...labels }).filter(([name]) => !NO_MATCHER.has(name));
  const matchers = about.map(([name, value]) => ['m', matcherText({ name, op: '=', value })]);
  const route = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return (
    <div className="row">
      {now?.mutedBy?.by !== 'silence' && (
        <Link className="button" data-key="x" to={`/silences?${new URLSearchParams(matchers).toString()}`}>
          Silence this
        </Link>
      )}
      {now !== undefined && now.expr !== '' && (
        <Link className="button" to={alertGraph(now)}>
          Graph
        </Link>
      )}
      {now?.generatorUrl?.startsWith('http') === true && (
        <a className="button" href={now.generatorUrl} rel="noreferrer" target="_blank">
          At {now.source}
        </a>
      )}
      <Link className="button" to={withQuery('/backtest', { alert: rule })}>
        Try a change on the past
      </Link>
      <Link className="button" to={withQuery('/routes', { labels: route.join(',') })}>
        Where it goes
      </Link>
    </div>
  );
}

const SHOWN = 10;

function Firings({ history: { firings } }: { history: AlertHistory }): ReactNode {
  const [all, showAll] = useState(false);
  return (
    <Card title="Each time it fired" aside={plural(firings.length, 'time')}>
      <ul className="list">
        {firings.slice(0, all ? undefined : SHOWN).map(({ firedAt, resolvedAt, summary, value }) => (
          <li key={firedAt} className="list-block">
            <div className="row row-apart">
              <At time={firedAt} />
              <Tag tone={resolvedAt === null ? 'bad' : 'ok'}>
                {resolvedAt === null ? 'fires' : `for ${duration(Date.parse(resolvedAt) - Date.parse(firedAt))}`}
              </Tag>
            </div>
            <div className="small dim">
              {summary}
              {value !== null && ` · value ${number(value)}`}
            </div>
          </li>
        ))}
      </ul>
      {firings.length > SHOWN && !all && (
        <button type="button" className="button" onClick={() => showAll(true)}>
          Show all {firings.length}
        </button>
      )}
    </Card>
  );
}

function PageCard({ page }: { page: AlertHistory['pages'][number] }): ReactNode {
  return (
    <Card title={<Link to={`/pages/${page.id}`}>{page.subject}</Link>}>
      <ol className="timeline">
        {page.events.map(({ time, kind, title, actor }) => (
          <li key={`${time} ${kind}`} className="small">
            <At time={time} />
            <span>
              {title} {actor !== 'nines' && <span className="dim">by {actorName(actor)}</span>}
            </span>
          </li>
        ))}
      </ol>
      <h3>Who was told</h3>
      {page.notifications.length === 0 && <p className="empty">Nobody so far.</p>}
      <ul className="list">
        {page.notifications.map((one) => (
          <DeliveryRow key={one.id} delivery={one} />
        ))}
      </ul>
    </Card>
  );
}
