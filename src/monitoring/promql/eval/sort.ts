import type { Labels } from '../../series.ts';
import { labelOf } from '../labels.ts';
import { newBlock, type Block } from './block.ts';
import { copyHistograms, dropHistograms } from './histogram-cells.ts';

/** A string by which labels sort as in Prometheus: name by name, then value. */
const keys = new WeakMap<Labels, string>();
export function sortKey(labels: Labels): string {
  let key = keys.get(labels);
  if (key === undefined) {
    key = Object.keys(labels)
      .sort()
      .map((name) => `${name}\u0000${labels[name]!}\u0000`)
      .join('');
    keys.set(labels, key);
  }
  return key;
}

export const compareLabels = (a: Labels, b: Labels): number => compareText(sortKey(a), sortKey(b));

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By value at an instant, NaN last either way. */
export function sortByValue(block: Block, descending: boolean): Block {
  // Histograms have no order.
  dropHistograms(block);
  const sign = descending ? -1 : 1;
  return reorder(block, (a, b) => {
    const x = block.values[a]!;
    const y = block.values[b]!;
    if (x !== x || y !== y) return (x !== x ? 1 : 0) - (y !== y ? 1 : 0);
    return (x < y ? -1 : x > y ? 1 : 0) * sign;
  });
}

/** By labels in natural order, `a2` before `a10`; those equal in them by all their labels. */
export function sortByLabels(block: Block, names: readonly string[], descending: boolean): Block {
  const sign = descending ? -1 : 1;
  return reorder(block, (a, b) => {
    const x = block.labels[a]!;
    const y = block.labels[b]!;
    for (const name of names) {
      const order = naturalOrder(labelOf(x, name), labelOf(y, name));
      if (order !== 0) return order * sign;
    }
    return compareLabels(x, y) * sign;
  });
}

function naturalOrder(a: string, b: string): number {
  const chunks = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [x, y] = [chunks(a), chunks(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const numeric = /^\d/.test(x[i]!) && /^\d/.test(y[i]!);
    const order = numeric ? Number(x[i]) - Number(y[i]) : compareText(x[i]!, y[i]!);
    if (order !== 0) return order;
  }
  return x.length - y.length || compareText(a, b);
}

function reorder(block: Block, compare: (a: number, b: number) => number): Block {
  const rows = [...block.labels.keys()].filter((row) => block.steps !== 1 || block.present[row] === 1).sort(compare);
  const { steps } = block;
  const out = newBlock(rows.length, steps);
  for (const [to, from] of rows.entries()) {
    out.labels[to] = block.labels[from]!;
    out.ids[to] = block.ids[from]!;
    out.drop[to] = block.drop[from]!;
    out.values.set(block.values.subarray(from * steps, (from + 1) * steps), to * steps);
    out.present.set(block.present.subarray(from * steps, (from + 1) * steps), to * steps);
    copyHistograms(block, from * steps, out, to * steps, steps);
  }
  return out;
}
