import { renderChart, toPng, type Chart } from '../../charts/index.ts';
import type { SeriesList } from '../time-series.ts';
import { consolidate } from './consolidate.ts';

const inside = (text: string | null, fallback: number, least: number, most: number): number => {
  const number = Number(text ?? fallback);
  return Number.isFinite(number) ? Math.min(most, Math.max(least, Math.round(number))) : fallback;
};

const DARK = /^(?:black|#?000(?:000)?(?:ff)?|(?:dark|navy|midnight).*)$/i;

/**
 * The series as a chart that keeps the rules of nines' graphs. Of graphite-web's parameters, size, title, the unit of the
 * vertical axis and a dark or light background mean what they say; its colours and margins don't: lines stay apart for every eye.
 */
export function chartOf(params: URLSearchParams, list: SeriesList, from: number, until: number): Chart {
  const width = inside(params.get('width'), 330, 240, 4_000);
  const visible = list.filter(({ draw }) => draw.invisible !== true);
  const background = params.get('bgcolor') ?? 'white';
  return {
    title: (params.get('title') ?? '').slice(0, 500),
    series: consolidate(visible, width).map(({ name, start, step, values }) => ({
      name,
      points: Array.from(values, (value, i) => [(start + i * step) * 1000, value] as const),
    })),
    from: from * 1000,
    to: until * 1000,
    unit: (params.get('vtitle') ?? '').slice(0, 40),
    width,
    height: inside(params.get('height'), 250, 160, 4_000),
    theme: DARK.test(background) ? 'dark' : 'light',
    annotations: [],
  };
}

export const toSvg = (chart: Chart): string => renderChart(chart);
/** As many pixels as were asked for. */
export const toPicture = (chart: Chart): Promise<Buffer> => toPng(renderChart(chart), 1);
