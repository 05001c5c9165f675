import { useState, type ReactNode } from 'react';
import type { AuditAnswer, CostSum, MetricCost, MetricCostsAnswer, SlowQueriesAnswer } from '../../../../src/monitoring/usage/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Select, TextField } from '../../ui/form.tsx';
import { bytes, count, duration, number, plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';
import { DiskCard } from './disk-card.tsx';

const SORTS = [
  ['series', 'most series'],
  ['bytes', 'most bytes'],
  ['samples', 'most samples'],
  ['rate', 'most samples a second'],
  ['name', 'name'],
] as const;
const EVERY_MS = 30_000;

/** What each metric costs, who uses it, what is odd about its name, and which queries are slow. */
export default function MetricsPage(): ReactNode {
  useTitle('What metrics cost');
  const [sort, setSort] = useState('series');
  const [users, setUsers] = useState('all');
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(50);
  const query = new URLSearchParams({ sort, limit: String(limit), ...(users === 'none' && { unused: 'true' }), ...(search && { search }) });
  const costs = useGet<MetricCostsAnswer>(`${API}/metrics?${query.toString()}`, { every: EVERY_MS });
  return (
    <div className="stack">
      <PageHead title="What metrics cost">Series, samples and bytes of each metric, and who uses it.</PageHead>
      <Card title="Metrics" aside={costs.data && count(costs.data.total.metrics)}>
        <div className="form-line">
          <TextField label="Search" value={search} onChange={(event) => setSearch(event.target.value)} placeholder="part of a name" />
          <Select label="First" value={sort} options={SORTS} onChange={setSort} />
          <Select
            label="Used"
            value={users}
            options={[
              ['all', 'by anyone or no one'],
              ['none', 'by no one'],
            ]}
            onChange={setUsers}
          />
        </div>
        <Answer query={costs} lines={8}>
          {(data) => (
            <>
              <Summary data={data} />
              {data.metrics.length === 0 ? (
                <Empty>No metric is like that.</Empty>
              ) : (
                <ul className="list">
                  {data.metrics.map((cost) => (
                    <Row key={cost.name} cost={cost} />
                  ))}
                </ul>
              )}
              {data.marker !== null && limit < 1000 && (
                <button type="button" className="button" onClick={() => setLimit(Math.min(1000, limit * 4))}>
                  Show more
                </button>
              )}
            </>
          )}
        </Answer>
      </Card>
      <DiskCard />
      <Audit />
      <SlowQueries />
    </div>
  );
}

function Summary({ data }: { data: MetricCostsAnswer }): ReactNode {
  const { total, unused, countedAt, problem, queriesSince } = data;
  return (
    <div className="stack stack-tight" style={{ margin: '10px 0' }}>
      <p className="small dim">
        {sumText(total)}
        {countedAt === null ? '; what is on disk is being counted' : null}.
      </p>
      {unused.metrics > 0 && (
        <Note>
          <span className="strong">No one uses {plural(unused.metrics, 'metric')}.</span> Without them there would be {sumText(unused)}{' '}
          less. Queries are counted since <At time={queriesSince} />.
        </Note>
      )}
      {problem !== null && <Note tone="warn">{problem}</Note>}
    </div>
  );
}

const sumText = ({ series, samples, bytes: size, perSecond }: CostSum): string =>
  `${count(series)} series, ${number(perSecond)} samples a second, ${count(samples)} samples in ${bytes(size)}`;

function Row({ cost }: { cost: MetricCost }): ReactNode {
  const { name, type, series, samples, bytes: size, perSecond, users } = cost;
  return (
    <li>
      <Link to={`/metrics-cost/${encodeURIComponent(name)}`} className="list-row">
        <div className="list-body">
          <div className="mono strong" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </div>
          <div className="small dim">
            {type === 'unknown' ? '' : `${type} · `}
            {count(series)} series · {count(samples)} samples · {bytes(size)} · {number(perSecond)} a second
          </div>
        </div>
        <Tag tone={users === 0 ? 'warn' : 'none'}>{users === 0 ? 'no one' : plural(users, 'user')}</Tag>
      </Link>
    </li>
  );
}

function Audit(): ReactNode {
  const audit = useGet<AuditAnswer>(`${API}/metrics/audit`);
  return (
    <Card title="Names, units and types" aside={audit.data && plural(audit.data.findings.length, 'finding')}>
      <Answer query={audit} lines={4}>
        {({ findings, looked }) =>
          findings.length === 0 ? (
            <Empty>Nothing is wrong with the names, units and types of {plural(looked, 'metric')}.</Empty>
          ) : (
            <ul className="list">
              {findings.map(({ metric, rule, problem, advice, sources }) => (
                <li key={`${metric} ${rule}`} className="list-row">
                  <div className="list-body" style={{ overflowWrap: 'anywhere' }}>
                    <div>{problem}</div>
                    <div className="small">{advice}</div>
                    <div className="small dim">
                      {rule}
                      {sources.length > 0 && ` · sent by ${sources.join(', ')}`}
                    </div>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Card>
  );
}

function SlowQueries(): ReactNode {
  const slow = useGet<SlowQueriesAnswer>(`${API}/queries/slow?limit=10`, { every: EVERY_MS });
  const { p50Ms = null, p99Ms = null } = slow.data ?? {};
  return (
    <Card title="Slow queries" aside={p50Ms !== null && `half in ${duration(p50Ms)}, 99 in 100 in ${duration(p99Ms)}`}>
      <Answer query={slow} lines={3}>
        {({ queries }) =>
          queries.length === 0 ? (
            <Empty>Nobody asked within the last hour.</Empty>
          ) : (
            <ul className="list">
              {queries.map(({ query, asker, at, tookMs, waitedMs, samples, problem }) => (
                <li key={`${at} ${query}`} className="list-row">
                  <div className="list-body">
                    <div className="mono small" style={{ overflowWrap: 'anywhere' }}>
                      {query}
                    </div>
                    {problem !== null && <div className="small tone-bad">{problem}</div>}
                    <div className="small dim">
                      {asker}, <Ago time={at} /> · {count(samples)} samples
                      {waitedMs >= 1 && ` · waited ${duration(waitedMs)}`}
                    </div>
                  </div>
                  <span className="nowrap strong">{duration(tookMs)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Card>
  );
}
