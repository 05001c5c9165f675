import type { Chart, Frame } from './chart.ts';
import { INK } from './palette.ts';
import { round, text } from './svg.ts';
import { dayIn, timeTicks } from './time-ticks.ts';
import type { ValueAxis } from './value-ticks.ts';

/** Both axes: round numbers with their unit, round times, the day, and what is counted. */
export function grid(chart: Chart, frame: Frame, axis: ValueAxis): string[] {
  const ink = INK[chart.theme];
  const bottom = frame.top + frame.height;
  const right = frame.left + frame.width;
  const rows = axis.ticks.map(({ at, label }) => {
    const y = round(frame.y(at));
    return `<path d="M${round(frame.left)} ${y}H${round(right)}" stroke="${ink.grid}"/>${text(frame.left - 6, y + 4, label, ink.faint, 'text-anchor="end"')}`;
  });
  const columns = timeTicks(chart.from, chart.to, Math.max(2, Math.floor(frame.width / 75)), chart.timeZone).map(({ at, label }) => {
    const x = round(frame.x(at));
    return `<path d="M${x} ${bottom}v4" stroke="${ink.faint}"/>${text(x, bottom + 16, label, ink.faint, 'text-anchor="middle"')}`;
  });
  const days = [...new Set([chart.from, chart.to].map((time) => dayIn(time, chart.timeZone)))].join(' to ');
  return [
    ...rows,
    ...columns,
    `<path d="M${round(frame.left)} ${bottom}H${round(right)}" stroke="${ink.faint}"/>`,
    text(frame.left + frame.width / 2, bottom + 32, `${timeName(chart.timeZone)}, ${days}`, ink.faint, 'text-anchor="middle"'),
    text(14, 38, axisName(chart.unit, axis), ink.faint),
  ];
}

/** By the place alone: the whole name of a zone may be wider than the drawing. */
const timeName = (timeZone = 'UTC'): string =>
  timeZone === 'UTC' ? 'time, UTC' : `time in ${(timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')}`;

/** What the vertical axis counts, in words. */
function axisName(unit: string, axis: ValueAxis): string {
  if (unit === 'ratio') return 'share, %';
  if (unit === 's') return `time,${axis.scale.suffix}`;
  if (unit === 'By') return `size,${axis.scale.suffix}`;
  return unit === '' ? `value${axis.scale.suffix === '' ? '' : `, in ${axis.scale.suffix}`}` : `value,${axis.scale.suffix}`;
}
