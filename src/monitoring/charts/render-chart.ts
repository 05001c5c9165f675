import { quantity } from './number-format.ts';
import { INK, strokeOf, type Theme } from './palette.ts';
import { timeTicks } from './time-ticks.ts';
import { type ValueAxis, valueAxis } from './value-ticks.ts';

export interface ChartSeries {
  readonly name: string;
  /** Time in milliseconds and value, oldest first. A value that is not a number is a gap. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Chart {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  /** `ratio`, `s`, `By`, or anything else as it is; empty for bare numbers. */
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Marked with a line and a word: 'outage begins'. */
  readonly annotations: readonly { readonly time: number; readonly label: string }[];
  /** Drawn as a line across: what an alert compares with. */
  readonly threshold?: number | undefined;
  /** Points further apart than this are not joined, in milliseconds. By default 2.5 times the median distance. */
  readonly gap?: number | undefined;
}

const MOST_SERIES = 20;
const KEY_ROW = 16;
const MARK_ROW = 13;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  x(time: number): number;
  y(value: number): number;
}

/** A line chart as a picture that needs nothing else: SVG 1.1, no script, no fonts to fetch. Any text in it is escaped. */
export function renderChart(chart: Chart): string {
  const shown = chart.series.slice(0, MOST_SERIES);
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  if (chart.threshold !== undefined) values.push(chart.threshold);
  // Words above the plot, in two rows that neighbours take in turns, so that no line crosses them.
  const top = 50 + Math.min(2, chart.annotations.length) * MARK_ROW;
  const keyHeight = (shown.length + (chart.series.length > MOST_SERIES ? 1 : 0)) * KEY_ROW;
  const plotHeight = Math.max(60, chart.height - top - 46 - keyHeight);
  const axis = valueAxis(values, chart.unit, Math.max(2, Math.floor(plotHeight / 44)));
  const left = 14 + 6.6 * Math.max(...axis.ticks.map(({ label }) => label.length), 3);
  const width = Math.max(60, chart.width - left - 18);
  const span = Math.max(1, chart.to - chart.from);
  const frame: Frame = {
    left,
    top,
    width,
    height: plotHeight,
    x: (time) => left + ((time - chart.from) / span) * width,
    y: (value) => top + plotHeight - ((value - axis.min) / (axis.max - axis.min)) * plotHeight,
  };
  const ink = INK[chart.theme];
  const total = top + plotHeight + 46 + keyHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="${chart.width}" height="${total}" viewBox="0 0 ${chart.width} ${total}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="11">`,
    `<title id="title">${escape(chart.title)}</title><desc id="desc">${escape(describe(chart))}</desc>`,
    `<rect width="100%" height="100%" fill="${ink.background}"/>`,
    text(14, 20, clip(chart.title, (chart.width - 28) / 7.4), ink.text, 'font-size="13" font-weight="600"'),
    ...grid(chart, frame, axis),
    ...marks(chart, frame, axis),
    ...shown.map((series, i) => line(series, i, chart, frame)),
    values.some(Number.isFinite) ? '' : text(left + width / 2, top + plotHeight / 2, 'no data', ink.faint, 'text-anchor="middle" font-size="13"'),
    ...key(chart, shown, top + plotHeight + 46),
    '</svg>',
  ].join('\n'); // prettier-ignore
}

function grid(chart: Chart, frame: Frame, axis: ValueAxis): string[] {
  const ink = INK[chart.theme];
  const bottom = frame.top + frame.height;
  const right = frame.left + frame.width;
  const rows = axis.ticks.map(({ at, label }) => {
    const y = round(frame.y(at));
    return `<path d="M${round(frame.left)} ${y}H${round(right)}" stroke="${ink.grid}"/>${text(frame.left - 6, y + 4, label, ink.faint, 'text-anchor="end"')}`;
  });
  const columns = timeTicks(chart.from, chart.to, Math.max(2, Math.floor(frame.width / 75))).map(({ at, label }) => {
    const x = round(frame.x(at));
    return `<path d="M${x} ${bottom}v4" stroke="${ink.faint}"/>${text(x, bottom + 16, label, ink.faint, 'text-anchor="middle"')}`;
  });
  const days = [...new Set([chart.from, chart.to].map((time) => new Date(time).toISOString().slice(0, 10)))].join(' to ');
  return [
    ...rows,
    ...columns,
    `<path d="M${round(frame.left)} ${bottom}H${round(right)}" stroke="${ink.faint}"/>`,
    text(frame.left + frame.width / 2, bottom + 32, `time, UTC, ${days}`, ink.faint, 'text-anchor="middle"'),
    text(14, 38, axisName(chart.unit, axis), ink.faint),
  ];
}

/** What the vertical axis counts, in words. */
function axisName(unit: string, axis: ValueAxis): string {
  if (unit === 'ratio') return 'share, %';
  if (unit === 's') return `time,${axis.scale.suffix}`;
  if (unit === 'By') return `size,${axis.scale.suffix}`;
  return unit === '' ? `value${axis.scale.suffix === '' ? '' : `, in ${axis.scale.suffix}`}` : `value,${axis.scale.suffix}`;
}

function marks(chart: Chart, frame: Frame, axis: ValueAxis): string[] {
  const ink = INK[chart.theme];
  const drawn: string[] = [];
  if (chart.threshold !== undefined) {
    const y = round(frame.y(chart.threshold));
    const label = `threshold ${quantity(chart.threshold, chart.unit, axis.scale)}`;
    const right = frame.left + frame.width;
    drawn.push(`<path d="M${round(frame.left)} ${y}H${round(right)}" stroke="${ink.mark}" stroke-dasharray="5 4"/>`);
    drawn.push(text(right - 4, y - 4, label, ink.mark, 'text-anchor="end"'));
  }
  for (const [i, { time, label }] of chart.annotations.entries()) {
    if (time < chart.from || time > chart.to) continue;
    const x = round(frame.x(time));
    // Near the right edge a label would run out of the picture.
    const end = x + label.length * 6.2 > frame.left + frame.width;
    const row = frame.top - 4 - (i % 2) * MARK_ROW;
    drawn.push(`<path d="M${x} ${row - 8}V${frame.top + frame.height}" stroke="${ink.mark}" stroke-dasharray="2 3"/>`);
    drawn.push(text(end ? x - 4 : x + 4, row, label, ink.mark, end ? 'text-anchor="end"' : ''));
  }
  return drawn;
}

function line({ points }: ChartSeries, index: number, chart: Chart, frame: Frame): string {
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

function key(chart: Chart, shown: readonly ChartSeries[], top: number): string[] {
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
function describe(chart: Chart): string {
  const span = `${new Date(chart.from).toISOString()} to ${new Date(chart.to).toISOString()}`;
  const series = chart.series.slice(0, MOST_SERIES).map((one) => `${one.name}: ${summary(one, chart.unit)}`);
  const marked = chart.annotations.map(({ time, label }) => `${label} at ${new Date(time).toISOString().slice(11, 16)}`);
  return [`Lines over time, ${span}.`, ...series, ...marked].join(' · ');
}

function medianDistance(points: ChartSeries['points']): number {
  const distances = points.slice(1).map(([time], i) => time - points[i]![0]);
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Infinity;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function clip(label: string, length: number): string {
  const most = Math.max(4, Math.floor(length));
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}

const text = (x: number, y: number, label: string, fill: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${fill}"${more === '' ? '' : ` ${more}`}>${escape(label)}</text>`;

/** For text and attributes; control characters, which XML does not allow at all, become spaces. */
function escape(label: string): string {
  return label
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
