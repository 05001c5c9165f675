import type { Chart, ChartSeries, Frame } from './chart.ts';
import { strokeOf } from './palette.ts';
import { round } from './svg.ts';

/** A series' line, broken where there is no data. */
export function line({ points }: ChartSeries, index: number, chart: Chart, frame: Frame): string {
  const { colour, dash } = strokeOf(index, chart.theme);
  const gap = chart.gap ?? 2.5 * medianDistance(points);
  let path = '';
  let dots = '';
  let last: number | undefined;
  let alone = false;
  let end = '';
  for (const [time, value] of points) {
    if (time < chart.from || time > chart.to) continue;
    if (!Number.isFinite(value)) {
      last = undefined;
      continue;
    }
    const here = `${round(frame.x(time))} ${round(frame.y(value))}`;
    const joined = last !== undefined && time - last <= gap;
    if (!joined && alone) dots += dot(end, colour);
    path += `${joined ? 'L' : 'M'}${here}`;
    alone = !joined;
    last = time;
    end = here;
  }
  // A point without neighbours has no line: it would be invisible.
  if (alone) dots += dot(end, colour);
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linejoin="round"${dashes}/>${dots}`;
}

const dot = (at: string, colour: string): string => {
  const [x, y] = at.split(' ');
  return `<circle cx="${x}" cy="${y}" r="2" fill="${colour}"/>`;
};

function medianDistance(points: ChartSeries['points']): number {
  const distances = points.slice(1).map(([time], i) => time - points[i]![0]);
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Infinity;
}
