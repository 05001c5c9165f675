import type { Chart, Frame } from './chart.ts';
import { quantity } from './number-format.ts';
import { INK } from './palette.ts';
import { round, text } from './svg.ts';
import type { ValueAxis } from './value-ticks.ts';

export const MARK_ROW = 13;

/** What an alert compares with, and what happened when. */
export function marks(chart: Chart, frame: Frame, axis: ValueAxis): string[] {
  const ink = INK[chart.theme];
  const drawn: string[] = [];
  const words: string[] = [];
  // Words stay readable where a neighbour's line crosses them.
  const halo = `paint-order="stroke" stroke="${ink.background}" stroke-width="4"`;
  if (chart.threshold !== undefined) {
    const y = round(frame.y(chart.threshold));
    const label = `threshold ${quantity(chart.threshold, chart.unit, axis.scale)}`;
    const right = frame.left + frame.width;
    drawn.push(`<path d="M${round(frame.left)} ${y}H${round(right)}" stroke="${ink.mark}" stroke-dasharray="5 4"/>`);
    words.push(text(right - 4, y - 4, label, ink.mark, `${halo} text-anchor="end"`));
  }
  for (const [i, { time, label }] of chart.annotations.entries()) {
    if (time < chart.from || time > chart.to) continue;
    const x = round(frame.x(time));
    // Near the right edge a label would run out of the picture.
    const end = x + label.length * 6.2 > frame.left + frame.width;
    const row = frame.top - 4 - (i % 2) * MARK_ROW;
    drawn.push(`<path d="M${x} ${row - 8}V${frame.top + frame.height}" stroke="${ink.mark}" stroke-dasharray="2 3"/>`);
    words.push(text(end ? x - 4 : x + 4, row, label, ink.mark, `${halo}${end ? ' text-anchor="end"' : ''}`));
  }
  return [...drawn, ...words];
}
