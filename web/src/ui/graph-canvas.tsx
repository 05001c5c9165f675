import { useEffect, useRef, type ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockTime } from './format.ts';
import { withUnit, type GraphProps, type Line, type Unit } from './graph.tsx';

const THEME_CHANGED = 'nines:theme';

/** The drawing itself: apart, so that uPlot is only loaded where there is a graph. */
export default function GraphCanvas({ title, axis = title, unit, lines, from, to, height = 220 }: GraphProps): ReactNode {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    let plot: uPlot | undefined;
    const draw = (): void => {
      plot?.destroy();
      plot = new uPlot(options({ title: axis, unit, lines, from, to, height }, element), align(lines), element);
    };
    draw();
    const watch = new ResizeObserver(() => {
      // Drawing anew for the same width would only flicker.
      if (plot !== undefined && plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height });
    });
    watch.observe(element);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    window.addEventListener(THEME_CHANGED, draw);
    return () => {
      watch.disconnect();
      scheme.removeEventListener('change', draw);
      window.removeEventListener(THEME_CHANGED, draw);
      plot?.destroy();
    };
  }, [axis, unit, lines, from, to, height]);
  return <div ref={holder} style={{ height }} />;
}

/** One column of times for all lines; null where a line has no value. */
export function align(lines: readonly Line[]): uPlot.AlignedData {
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  const at = new Map(times.map((time, index) => [time, index]));
  const columns = lines.map(({ times: own, values }) => {
    const column: (number | null)[] = Array.from({ length: times.length }, () => null);
    for (const [index, time] of own.entries()) {
      const value = values[index];
      column[at.get(time) ?? 0] = value === undefined || !Number.isFinite(value) ? null : value;
    }
    return column;
  });
  return [times, ...columns];
}

/** What a custom property comes to here; the canvas doesn't know `light-dark()`. */
function colour(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function options({ title, unit, lines, from, to, height = 220 }: GraphProps, element: HTMLElement): uPlot.Options {
  const [ink, line] = [colour(element, '--ink-2'), colour(element, '--line')];
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: ink, font, labelFont: font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    width: Math.max(200, element.clientWidth),
    height,
    legend: { show: false },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { min: from, max: to }, y: { range: (_, low, high) => yRange(low, high) } },
    plugins: [reading(unit, lines)],
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => timeTick(tick, to - from)) },
      {
        ...axis,
        label: title,
        labelSize: 20,
        size: (_, texts) => 22 + 7.5 * Math.max(4, ...(texts ?? []).map(({ length }) => length)),
        values: (_, ticks) => ticks.map((tick) => withUnit(tick, unit)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label }, index) => ({
        label,
        stroke: colour(element, `--c${(index % 8) + 1}`),
        width: 1.6,
        ...(index >= 8 && { dash: [5, 3] }),
        points: { show: lines[index]?.values.length === 1 },
        // A gap of a few steps is a gap: the line must not run on as if it had been measured.
        spanGaps: false,
      })),
    ],
  };
}

/** From zero, unless everything lies far from it. */
function yRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const bottom = low >= 0 ? 0 : low * 1.08;
  const top = high <= 0 ? 0 : high * 1.08;
  return bottom === top ? [0, 1] : [bottom, top];
}

/** Over days a midnight is its date, so that neighbours have room. */
function timeTick(seconds: number, span: number): string {
  const date = new Date(seconds * 1_000);
  if (span > 2 * 86_400 && date.getHours() === 0 && date.getMinutes() === 0)
    return `${date.getDate()} ${date.toLocaleString('en-GB', { month: 'short' })}`;
  return clockTime(seconds * 1_000, seconds * 1_000, span < 300);
}

/** The values under the cursor, in a small box. */
function reading(unit: Unit, lines: readonly Line[]): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'graph-reading';
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1 } = plot.cursor;
        const time = idx === null || idx === undefined ? undefined : plot.data[0][idx];
        box.hidden = time === undefined || left < 0;
        if (time === undefined || idx === null || idx === undefined) return;
        const rows = lines.flatMap(({ label }, index) => {
          const value = plot.data[index + 1]?.[idx];
          return value === null || value === undefined ? [] : [{ label, value }];
        });
        rows.sort((a, b) => b.value - a.value);
        const texts = [
          clockTime(time * 1_000, Date.now(), true),
          ...rows.slice(0, 8).map(({ label, value }) => `${withUnit(value, unit)}  ${label}`),
        ];
        box.replaceChildren(
          ...texts.map((text) => {
            const row = document.createElement('div');
            row.textContent = text;
            return row;
          }),
        );
        const right = left > plot.over.clientWidth / 2;
        box.style.left = right ? '' : `${left + 12}px`;
        box.style.right = right ? `${plot.over.clientWidth - left + 12}px` : '';
      },
    },
  };
}
