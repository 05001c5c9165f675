import { useMemo, type ReactNode } from 'react';
import type { MetricDetail } from '../../../../src/monitoring/usage/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { bytes, count, number, plural } from '../../ui/format.ts';
import { Ago, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { RangeGraph } from './range-graph.tsx';

const HOUR_MS = 3_600_000;

/** One metric: what it costs, its labels, who sends it and who uses it. */
export default function MetricPage(): ReactNode {
  const name = useParam('name');
  useTitle(name);
  const metric = useGet<MetricDetail>(`${API}/metrics/${encodeURIComponent(name)}`, { every: 30_000 });
  return (
    <div className="stack">
      <PageHead title={<span style={{ overflowWrap: 'anywhere' }}>{name}</span>}>
        <Link to="/metrics-cost">What metrics cost</Link>
      </PageHead>
      <Answer query={metric} lines={8}>
        {(data) => <Metric metric={data} />}
      </Answer>
    </div>
  );
}

function Metric({ metric }: { metric: MetricDetail }): ReactNode {
  const { name, type, unit, help, series, samples, buckets, bytes: size, perSecond, firstSeen, lastSeen, labels, sources, usedBy } = metric;
  // One span for the life of the page: a graph that asks anew at every render would never be drawn.
  const range = useMemo(() => ({ fromMs: Date.now() - HOUR_MS, toMs: Date.now() }), []);
  const selector = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`;
  const counter = type === 'counter' || /_(total|count|bucket|sum)$/.test(name);
  const expr = counter ? `sum(rate(${selector}[5m]))` : `avg(${selector})`;
  return (
    <>
      {help !== '' && <p>{help}</p>}
      <Card title="What it costs">
        <dl className="facts">
          <dt>Series</dt>
          <dd>{count(series)}</dd>
          <dt>On disk</dt>
          <dd>
            {bytes(size)}: {count(samples)} samples{buckets > 0 && `, ${count(buckets)} buckets of rollups`}
          </dd>
          <dt>Lately</dt>
          <dd>{number(perSecond)} samples a second</dd>
          <dt>Type</dt>
          <dd>{[type, unit].filter((text) => text !== '').join(', ')}</dd>
          <dt>Seen</dt>
          <dd>
            {firstSeen !== null && (
              <>
                first <Ago time={firstSeen} />,{' '}
              </>
            )}
            {lastSeen === null ? (
              'not lately'
            ) : (
              <>
                last <Ago time={lastSeen} />
              </>
            )}
          </dd>
          <dt>Sent by</dt>
          <dd>{sources.map((one) => `${one.protocol}${one.name === '' ? '' : ` ${one.name}`} (${count(one.series)})`).join(', ')}</dd>
        </dl>
      </Card>
      <Card title="Who uses it" aside={usedBy.length === 0 ? 'no one' : plural(usedBy.length, 'user')}>
        {usedBy.length === 0 ? (
          <Note>
            No one: no rule, no objective, no shared graph, no query. Without it there would be {count(series)} series and {bytes(size)}{' '}
            less.
          </Note>
        ) : (
          <ul className="list">
            {usedBy.map(({ kind, name: user, link, count: times, lastAt }, i) => (
              <li key={`${kind} ${user} ${i}`} className="list-row">
                <div className="list-body">
                  <div className="strong">{link === null ? user : <Link to={link}>{user}</Link>}</div>
                  <div className="small dim">
                    {kind}
                    {times !== undefined && ` · ${count(times)} ${times === 1 ? 'time' : 'times'}`}
                    {lastAt !== undefined && (
                      <>
                        {' · '}
                        <Ago time={lastAt} />
                      </>
                    )}
                  </div>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title="Labels" aside={labels.length}>
        {labels.length === 0 ? (
          <Empty>It has none: one series is all there is.</Empty>
        ) : (
          <ul className="list">
            {labels.map(({ name: label, values, top }) => (
              <li key={label} className="list-row">
                <div className="list-body">
                  <div className="strong mono">{label}</div>
                  <div className="small dim" style={{ overflowWrap: 'anywhere' }}>
                    {top.map(({ value, series: n }) => `${value} (${count(n)})`).join(', ')}
                    {values > top.length && ' …'}
                  </div>
                </div>
                <span className="nowrap">{plural(values, 'value')}</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card
        title={<code style={{ overflowWrap: 'anywhere' }}>{expr}</code>}
        aside={<Link to={`/graph?expr=${encodeURIComponent(expr)}`}>Graph</Link>}
      >
        <RangeGraph title={name} expr={expr} unit="number" range={range} height={160} />
      </Card>
    </>
  );
}
