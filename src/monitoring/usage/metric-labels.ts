import { Breath } from '../../platform/columns/index.ts';
import type { StoreShape } from '../store/index.ts';
import type { MetricDetail } from './contract.ts';

const MOST_LABELS = 50;
const MOST_VALUES = 10;

/** A metric's labels, those with the most values first, and who made its series. */
export async function metricLabels(shape: StoreShape, metric: string): Promise<Pick<MetricDetail, 'labels' | 'sources'>> {
  const breath = new Breath();
  const labels = new Map<string, Map<string, number>>();
  const sources = new Map<string, number>();
  for (const id of shape.idsOf(metric)) {
    const source = shape.sourceOf(id);
    sources.set(source, (sources.get(source) ?? 0) + 1);
    const its = shape.labelsOf(id);
    for (const name in its) {
      if (name === '__name__') continue;
      let values = labels.get(name);
      if (!values) labels.set(name, (values = new Map()));
      const value = its[name] as string;
      values.set(value, (values.get(value) ?? 0) + 1);
    }
    if (breath.due) await breath.take();
  }
  return {
    labels: [...labels]
      .map(([name, values]) => ({ name, values: values.size, series: total(values), top: largest(values, MOST_VALUES) }))
      .sort((a, b) => b.values - a.values || (a.name < b.name ? -1 : 1))
      .slice(0, MOST_LABELS),
    sources: largest(sources, sources.size).map(({ value, series }) => ({ ...splitSource(value), series })),
  };
}

export function splitSource(text: string): { protocol: string; name: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { protocol: 'unknown', name: '' } : { protocol: text.slice(0, slash), name: text.slice(slash + 1) };
}

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

const largest = (counts: ReadonlyMap<string, number>, most: number): { value: string; series: number }[] =>
  [...counts]
    .map(([value, series]) => ({ value, series }))
    .sort((a, b) => b.series - a.series || (a.value < b.value ? -1 : 1))
    .slice(0, most);
