import { type Chart, type Frame, MOST_SERIES } from './chart.ts';
import { grid } from './draw-grid.ts';
import { describe, key, KEY_ROW } from './draw-key.ts';
import { line } from './draw-line.ts';
import { MARK_ROW, marks } from './draw-marks.ts';
import { INK } from './palette.ts';
import { clip, escape, text } from './svg.ts';
import { valueAxis } from './value-ticks.ts';

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
