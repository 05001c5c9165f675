import { useState, type ReactNode } from 'react';
import type { ResourceJson } from '../../../../src/catalog/contract.ts';
import type { ObjectiveStatus } from '../../../../src/objectives/contract.ts';
import { API, useList } from '../../api/query.ts';
import { useNow } from '../../ui/clock.ts';
import type { Unit } from '../../ui/graph.tsx';
import { Card } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { ratioQueries } from './ratio-queries.ts';
import { RangeGraph } from './range-graph.tsx';

const SPANS = [
  ['1 h', 3_600_000],
  ['6 h', 21_600_000],
  ['1 d', 86_400_000],
  ['7 d', 604_800_000],
] as const;

interface Drawing {
  readonly title: string;
  readonly axis: string;
  readonly expr: string;
  readonly unit: Unit;
  readonly nameOf: (labels: Readonly<Record<string, string>>) => string;
}

/** What there is to see of any service: its traffic, its failures, its budget, its probes. */
export function ServiceGraphs({ service, objectives }: { service: string; objectives: readonly ObjectiveStatus[] }): ReactNode {
  const [span, setSpan] = useState<number>(3_600_000);
  const now = useNow(30_000);
  const documents = useList<ResourceJson>(`${API}/resources?kind=SLO`, { enabled: objectives.length > 0 });
  const range = { fromMs: now - span, toMs: now };
  const own = (documents.data ?? []).filter(({ name }) => objectives.some((objective) => objective.name === name));
  return (
    <Card
      title="Graphs"
      aside={
        <span className="row" role="group" aria-label="Span">
          {SPANS.map(([label, ms]) => (
            <button
              key={label}
              type="button"
              className="button button-plain span-button"
              aria-pressed={span === ms}
              onClick={() => setSpan(ms)}
            >
              {label}
            </button>
          ))}
        </span>
      }
    >
      <div className="stack">
        {drawings(service, own, objectives).map(({ title, axis, expr, unit, nameOf }) => (
          <div key={expr}>
            <div className="row" style={{ justifyContent: 'space-between' }}>
              <h3>{title}</h3>
              <Link className="small" to={graphLink(expr, range.fromMs, range.toMs)}>
                open
              </Link>
            </div>
            <RangeGraph title={title} axis={axis} expr={expr} unit={unit} range={range} nameOf={nameOf} height={190} />
          </div>
        ))}
      </div>
    </Card>
  );
}

export const graphLink = (expr: string, fromMs: number, toMs: number): string =>
  `/graph?${new URLSearchParams({ expr, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }).toString()}`;

function drawings(service: string, documents: readonly ResourceJson[], objectives: readonly ObjectiveStatus[]): Drawing[] {
  const name = JSON.stringify(service);
  const ratios = documents.flatMap((document): Drawing[] => {
    const queries = ratioQueries(document.spec);
    const objective = objectives.find((one) => one.name === document.name);
    if (queries === undefined || objective === undefined) return [];
    return [
      { title: `Bad share, ${objective.title}`, axis: 'bad of all', expr: queries.bad, unit: 'ratio', nameOf: () => 'bad of all' },
      {
        title: `Traffic, ${objective.title}`,
        axis: 'events a second',
        expr: queries.traffic,
        unit: 'per second',
        nameOf: () => 'all events',
      },
    ];
  });
  const budget: Drawing = {
    title: 'Error budget left',
    axis: 'budget left',
    expr: `nines_slo_budget_remaining{service=${name}}`,
    unit: 'ratio',
    nameOf: ({ objective = '' }) => objectives.find((one) => one.name === objective)?.title ?? objective,
  };
  const phases: Drawing = {
    title: 'Probe, by phase',
    axis: 'time taken',
    expr: `avg by (phase) (probe_http_duration_seconds{service=${name}})`,
    unit: 'seconds',
    nameOf: ({ phase = '' }) => phase,
  };
  return [...ratios, ...(objectives.length > 0 ? [budget] : []), phases];
}
