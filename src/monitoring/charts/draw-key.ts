import { type Chart, type ChartSeries, MOST_SERIES } from './chart.ts';
import { quantity } from './number-format.ts';
import { INK, strokeOf } from './palette.ts';
import { clip, text } from './svg.ts';

export const KEY_ROW = 16;

/** Which line is which, with its last and highest value. */
export function key(chart: Chart, shown: readonly ChartSeries[], top: number): string[] {
  const ink = INK[chart.theme];
  const rows = shown.map((series, i) => {
    const { colour, dash } = strokeOf(i, chart.theme);
    const y = top + i * KEY_ROW;
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const numbers = summary(series, chart.unit);
    const name = clip(series.name, (chart.width - 60 - numbers.length * 6.4) / 6.4);
    return [
      `<path d="M14 ${y}h18" stroke="${colour}" stroke-width="3"${dashes}/>`,
      text(38, y + 4, name, ink.text),
      text(chart.width - 18, y + 4, numbers, ink.faint, 'text-anchor="end"'),
    ].join('');
  });
  const left = chart.series.length - shown.length;
  if (left > 0) rows.push(text(38, top + shown.length * KEY_ROW + 4, `and ${left} more that are not drawn`, ink.faint));
  return rows;
}

function summary({ points }: ChartSeries, unit: string): string {
  const values = points.flatMap(([, value]) => (Number.isFinite(value) ? [value] : []));
  if (values.length === 0) return 'no data';
  return `last ${quantity(values.at(-1)!, unit)}, highest ${quantity(
    values.reduce((a, b) => Math.max(a, b)),
    unit,
  )}`;
}

/** The chart in words, for who cannot see it. */
export function describe(chart: Chart): string {
  const span = `${new Date(chart.from).toISOString()} to ${new Date(chart.to).toISOString()}`;
  const series = chart.series.slice(0, MOST_SERIES).map((one) => `${one.name}: ${summary(one, chart.unit)}`);
  const marked = chart.annotations.map(({ time, label }) => `${label} at ${new Date(time).toISOString().slice(11, 16)}`);
  return [`Lines over time, ${span}.`, ...series, ...marked].join(' · ');
}
