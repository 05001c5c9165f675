import type { ReactNode } from 'react';
import type { BacktestOutcome } from '../../../../src/alerting/backtest/contract.ts';

const WIDTH = 1_000;
const ROW = 26;

interface Row {
  readonly name: string;
  readonly colour: string;
  readonly spans: readonly { readonly from: string; readonly to: string | null; readonly title: string; readonly faint?: boolean }[];
}

interface Props {
  readonly from: string;
  readonly to: string;
  readonly after: BacktestOutcome;
  readonly before: BacktestOutcome | null;
}

const rowOf = (name: string, colour: string, { firings }: BacktestOutcome): Row => ({
  name,
  colour,
  spans: firings.map(({ firedAt, resolvedAt, summary, incident }) => ({ from: firedAt, to: resolvedAt, title: summary, faint: incident === null })),
}); // prettier-ignore

/** Firings before and after against the incidents that were, on one line of time. What belongs to no incident is pale. */
export function BacktestTimeline({ from, to, after, before }: Props): ReactNode {
  const incidents = [...after.caught, ...after.missed];
  const rows: Row[] = [
    { name: 'Incidents', colour: 'var(--c8)', spans: incidents.map(({ beganAt, endedAt, number, title }) => ({ from: beganAt, to: endedAt, title: `#${number} ${title}` })) },
    ...(before === null ? [] : [rowOf('Before', 'var(--c7)', before)]),
    rowOf('After', 'var(--c1)', after),
  ]; // prettier-ignore
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const x = (time: string | null): number => Math.max(0, Math.min(WIDTH, ((time === null ? end : Date.parse(time)) - start) / ((end - start) / WIDTH))); // prettier-ignore
  const height = rows.length * ROW + 22;
  const days = ticks(start, end);
  return (
    <figure className="backtest-timeline">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" role="img" aria-label={describe(rows)} style={{ height }}>
        {days.map((at) => (
          <line key={at} x1={x(at)} x2={x(at)} y1={0} y2={height - 20} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
        ))}
        {rows.map(({ name, colour, spans }, row) =>
          spans.map(({ from: began, to: ended, title, faint }) => (
            <rect
              key={`${name} ${began} ${title}`}
              x={x(began)}
              y={row * ROW + 6}
              width={Math.max(3, x(ended) - x(began))}
              height={ROW - 10}
              fill={colour}
              fillOpacity={faint === true ? 0.25 : 1}
              stroke={colour}
              vectorEffect="non-scaling-stroke"
            >
              <title>{`${title}, ${began.slice(0, 16).replace('T', ' ')} UTC`}</title>
            </rect>
          )),
        )}
      </svg>
      <div className="backtest-days small dim" aria-hidden="true">
        <span>{from.slice(0, 10)}</span>
        <span>{to.slice(0, 10)}</span>
      </div>
      <figcaption className="row small">
        {rows.map(({ name, colour, spans }) => (
          <span key={name} className="row">
            <span className="graph-swatch" style={{ background: colour, color: colour }} /> {name} ({spans.length})
          </span>
        ))}
        <span className="dim">pale: belongs to no incident</span>
      </figcaption>
    </figure>
  );
}

const describe = (rows: readonly Row[]): string => rows.map(({ name, spans }) => `${name}: ${spans.length}`).join(', ');

/** Midnights, at most a dozen. */
function ticks(start: number, end: number): string[] {
  const day = 86_400_000;
  const every = Math.max(1, Math.ceil((end - start) / day / 12)) * day;
  const first = Math.ceil(start / day) * day;
  return Array.from({ length: Math.max(0, Math.floor((end - first) / every) + 1) }, (_, i) => new Date(first + i * every).toISOString());
}
