import { parseTarget } from '../syntax/parse-target.ts';
import type { Target } from '../syntax/ast.ts';
import type { TimeSeries } from '../time-series.ts';

/** A place in a path, counted from 0 or, negative, from the end; or the name of a tag. */
export type Node = number | string;

/** What the series has at the nodes, put together as a path. */
export function keyOf(series: TimeSeries, nodes: readonly Node[]): string {
  const path = series.name.endsWith(')') ? (firstPathOf(series.name) ?? series.name) : series.name;
  const parts = (path.split(';')[0] ?? '').split('.');
  return nodes.map((node) => (typeof node === 'number' ? parts.at(node) : undefined) ?? series.tags[String(node)] ?? '').join('.');
}

/** Names are made of the calls that made them: the first path inside, or, where the name can't be read so, the path that it begins with. */
function firstPathOf(name: string): string | undefined {
  let target: Target | undefined;
  try {
    target = parseTarget(name);
  } catch {
    return /^[^\s(){},'"\\|]+/.exec(name)?.[0];
  }
  while (target?.kind === 'call') target = target.args[0];
  return target?.kind === 'path' ? target.text : undefined;
}

/** Groups in the order of their first series. */
export function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
