import { useMemo, type ReactNode } from 'react';
import type { SharedGraphDetail } from '../../../../src/monitoring/graphs/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Graph, type Line, type Unit } from '../../ui/graph.tsx';
import { At, Card, CopyButton, Note } from '../../ui/part.tsx';
import { Link, navigate, useParam, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';
import { absoluteLink, unitOf } from './graph-address.ts';

/** A graph whose data was frozen when it was shared. */
export default function SharedGraphPage(): ReactNode {
  const id = useParam('id');
  const graph = useGet<SharedGraphDetail>(`${API}/graphs/${encodeURIComponent(id)}`);
  return (
    <Answer query={graph} lines={10}>
      {(data) => <SharedGraph key={data.id} graph={data} />}
    </Answer>
  );
}

const UNITS: Readonly<Record<string, Unit>> = { ratio: 'ratio', s: 'seconds', By: 'bytes', '/s': 'per second' };

function SharedGraph({ graph }: { graph: SharedGraphDetail }): ReactNode {
  const { id, title, expr, note, from, to, series, left, problem, annotations, createdAt, createdBy } = graph;
  useTitle(title);
  const lines = useMemo(() => series.map(toLine), [series]);
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  const path = `${API}/graphs/${encodeURIComponent(id)}/graph`;
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{title}</h1>
        <div className="small dim">
          <At time={from} /> to <At time={to} />, frozen <At time={createdAt} /> by {createdBy.replace(/^\w+:/, '')}
          {graph.public && '; whoever has the link to its picture sees it'}
        </div>
      </header>
      {note !== '' && <Note>{note}</Note>}
      {problem !== null && <Note tone="warn">There were no numbers: {problem}</Note>}
      <Card title={<code style={{ overflowWrap: 'anywhere' }}>{expr}</code>} aside={left > 0 ? `and ${left} series more` : undefined}>
        <Graph
          title={title}
          unit={UNITS[graph.unit] ?? unitOf(expr)}
          lines={lines}
          from={range.fromMs / 1_000}
          to={range.toMs / 1_000}
          height={320}
        />
        {annotations.length > 0 && (
          <ul className="small" aria-label="What changed meanwhile">
            {annotations.map(({ time, label }) => (
              <li key={`${time} ${label}`}>
                <At time={time} /> {label}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <div className="form-line">
        <CopyButton label="Copy link" text={graph.url} />
        <CopyButton label="Copy link to picture" text={graph.image} />
        <a className="button" href={`${path}.png`}>
          PNG
        </a>
        <a className="button" href={`${path}.svg`}>
          SVG
        </a>
        <a className="button" href={`${path}.csv`}>
          CSV
        </a>
        <Link to={absoluteLink('', expr, range)} className="button">
          Ask again
        </Link>
        <TakeBack id={id} />
      </div>
    </div>
  );
}

function toLine({ name, points }: SharedGraphDetail['series'][number]): Line {
  return { label: name, times: points.map(([time]) => time / 1_000), values: points.map(([, value]) => value ?? NaN) };
}

function TakeBack({ id }: { id: string }): ReactNode {
  const mayAct = useMayAct();
  const remove = useAction(() => request('DELETE', `${API}/graphs/${encodeURIComponent(id)}`), [`${API}/graphs`]);
  if (!mayAct) return null;
  const take = (): void => {
    if (window.confirm('Take this graph back? Its links lead nowhere from then on.'))
      remove.mutate(undefined, { onSuccess: () => navigate('/graph') });
  };
  return (
    <>
      <button type="button" className="button button-plain" onClick={take}>
        Take back
      </button>
      {remove.error && <ErrorNote error={remove.error} />}
    </>
  );
}
