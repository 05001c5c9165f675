import { useMemo, type ReactNode } from 'react';
import { ErrorNote } from '../../ui/answer.tsx';
import { Graph, type Line, type Unit } from '../../ui/graph.tsx';
import { stepFor, useRange, type Range, type RangeSeries } from './promql.ts';

interface RangeGraphProps {
  readonly title: string;
  readonly axis?: string;
  readonly expr: string;
  readonly unit: Unit;
  readonly range: Range;
  /** How often to ask again, for a graph that ends now. */
  readonly follow?: number;
  readonly height?: number;
  readonly nameOf?: (labels: Readonly<Record<string, string>>) => string;
}

/** A series' name as PromQL writes it. */
export function seriesName(labels: Readonly<Record<string, string>>): string {
  const { __name__: metric = '', ...rest } = labels;
  const inside = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  return inside.length === 0 ? metric || 'value' : `${metric}{${inside.join(', ')}}`;
}

/** Steps without a sample become a gap, not a line across. */
export function toLine({ metric, values }: RangeSeries, step: number, nameOf = seriesName): Line {
  const times: number[] = [];
  const numbers: number[] = [];
  for (const [time, value] of values) {
    const before = times.at(-1);
    if (before !== undefined && time - before > step * 1.5) {
      times.push(before + step);
      numbers.push(NaN);
    }
    times.push(time);
    numbers.push(Number(value));
  }
  return { label: nameOf(metric), times, values: numbers };
}

export function RangeGraph({ title, axis, expr, unit, range, follow, height = 220, nameOf }: RangeGraphProps): ReactNode {
  const answer = useRange(expr, range, follow);
  const lines = useMemo(
    () => (answer.data?.series ?? []).map((series) => toLine(series, stepFor(range) / 1_000, nameOf)).sort((a, b) => peak(b) - peak(a)),
    // `nameOf` is written anew at each render and doesn't change what it does.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [answer.data, range.fromMs, range.toMs],
  );
  if (answer.error && answer.data === undefined) return <ErrorNote error={answer.error} retry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <div className="graph" style={{ minHeight: height + 26 }} role="status" aria-label="Loading" />;
  if (lines.length === 0)
    return (
      <p className="empty" style={{ minHeight: 60 }}>
        No data in this span.
      </p>
    );
  return (
    <>
      {answer.error && <ErrorNote error={answer.error} />}
      <Graph
        title={title}
        {...(axis !== undefined && { axis })}
        unit={unit}
        lines={lines}
        from={range.fromMs / 1_000}
        to={range.toMs / 1_000}
        height={height}
      />
      {answer.data.notes.map((note) => (
        <p key={note} className="small dim">
          {note.charAt(0).toUpperCase() + note.slice(1)}.
        </p>
      ))}
    </>
  );
}

const peak = ({ values }: Line): number => values.reduce((most, value) => (value > most ? value : most), -Infinity);
