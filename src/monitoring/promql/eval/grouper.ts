/** Which series belong together by some of their labels, worked out once for each series and remembered by its id. */
import type { Labels, SeriesSource } from '../../series.ts';
import { hasLabel } from '../labels.ts';

export interface Grouping {
  /** `by`: only these labels; `without`: all but these and the name; `all`: all but these, the name too stays. */
  readonly mode: 'by' | 'without' | 'all';
  readonly labels: readonly string[];
}

/** Beyond this many ids a grouper's table is started anew, for series come and go. */
const MAX_REMEMBERED = 4_000_000;
const MAX_GROUPERS = 64;

export class Grouper {
  /** The labels of each group: always the same object for the same group. */
  readonly labels: Labels[] = [];
  private readonly grouping: Grouping;
  private readonly numbers = new Map<string, number>();
  private byId = new Int32Array(1024).fill(-1);
  private byLabels = new WeakMap<Labels, number>();

  constructor(grouping: Grouping) {
    this.grouping = { ...grouping, labels: [...new Set(grouping.labels)].sort() };
  }

  /** The number of the group of a series: small, dense, stable for the life of the grouper. */
  of(labels: Labels, id: number): number {
    if (id < 0) return this.ofLabels(labels);
    if (id < this.byId.length) {
      const known = this.byId[id]!;
      if (known >= 0) return known;
    }
    const found = this.find(labels);
    if (id < MAX_REMEMBERED) this.remember(id, found);
    return found;
  }

  private ofLabels(labels: Labels): number {
    const known = this.byLabels.get(labels);
    if (known !== undefined) return known;
    const found = this.find(labels);
    this.byLabels.set(labels, found);
    return found;
  }

  private remember(id: number, group: number): void {
    if (id >= this.byId.length) {
      const grown = new Int32Array(Math.max(id + 1, this.byId.length * 2)).fill(-1);
      grown.set(this.byId);
      this.byId = grown;
    }
    this.byId[id] = group;
  }

  private find(labels: Labels): number {
    const names = this.names(labels);
    let key = '';
    // With its length before it no value can be taken for two.
    for (const name of names) key += `${name.length}:${name}${labels[name]!.length}:${labels[name]!}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const group = this.labels.length;
    this.numbers.set(key, group);
    this.labels.push(Object.freeze(Object.fromEntries(names.map((name) => [name, labels[name]!]))));
    return group;
  }

  private names(labels: Labels): string[] {
    const { mode, labels: listed } = this.grouping;
    if (mode === 'by') return listed.filter((name) => hasLabel(labels, name));
    const kept = Object.keys(labels).filter((name) => labels[name] !== '' && !listed.includes(name));
    return (mode === 'all' ? kept : kept.filter((name) => name !== '__name__')).sort();
  }
}

const groupers = new WeakMap<SeriesSource, Map<string, Grouper>>();

/** The grouper of a source for a grouping. Ids mean different series in different sources. */
export function grouperFor(source: SeriesSource, grouping: Grouping): Grouper {
  const known = groupers.get(source) ?? new Map<string, Grouper>();
  groupers.set(source, known);
  const key = JSON.stringify([grouping.mode, grouping.labels]);
  let grouper = known.get(key);
  if (grouper === undefined || grouper.labels.length > MAX_REMEMBERED) grouper = new Grouper(grouping);
  // Last used last: the first in the map is the one to forget.
  known.delete(key);
  known.set(key, grouper);
  if (known.size > MAX_GROUPERS) known.delete(known.keys().next().value!);
  return grouper;
}
