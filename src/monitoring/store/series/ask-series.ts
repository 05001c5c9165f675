import type { Labels, Matcher } from '../../series.ts';
import type { RecentWindow } from '../window/recent-window.ts';
import type { SeriesIndex } from './series-index.ts';

/** Alternatives: a series counts when it fits every matcher of any of the lists; no list at all means every series. */
export type Alternatives = readonly (readonly Matcher[])[];

export interface AskParts {
  readonly index: SeriesIndex;
  readonly window: RecentWindow;
}

/** The labels of each series that fits and may have a sample between the times. Answers come from memory alone. */
function* fitting({ index, window }: AskParts, alternatives: Alternatives, from: number, to: number): Generator<Labels> {
  const seen = alternatives.length > 1 ? new Set<number>() : undefined;
  const place = new Uint32Array(2);
  const exact = from > window.completeSince;
  for (const matchers of alternatives.length > 0 ? alternatives : [[]]) {
    // A copy: the index may grow while a consumer takes its time.
    for (const id of index.select(matchers).slice()) {
      if (seen?.has(id)) continue;
      seen?.add(id);
      const newest = window.newest(id);
      const may = exact ? window.find(id, from, to, place) : newest >= from || newest === Number.NEGATIVE_INFINITY;
      if (may) yield index.labelsOf(id) as Labels;
    }
  }
}

export function askLabelNames(parts: AskParts, alternatives: Alternatives, from: number, to: number, limit: number): string[] {
  if (alternatives.length === 0) return parts.index.labelNames().slice(0, limit);
  const names = new Set<string>();
  for (const labels of fitting(parts, alternatives, from, to)) {
    for (const name in labels) names.add(name);
    if (names.size >= limit) break;
  }
  return [...names].slice(0, limit);
}

export function askLabelValues(
  parts: AskParts,
  name: string,
  alternatives: Alternatives,
  from: number,
  to: number,
  limit: number,
): string[] {
  if (alternatives.length === 0) return parts.index.labelValues(name).slice(0, limit);
  const values = new Set<string>();
  for (const labels of fitting(parts, alternatives, from, to)) {
    const value = labels[name];
    if (value !== undefined) values.add(value);
    if (values.size >= limit) break;
  }
  return [...values];
}

export function askSeries(parts: AskParts, alternatives: Alternatives, from: number, to: number, limit: number): Labels[] {
  const found: Labels[] = [];
  for (const labels of fitting(parts, alternatives, from, to)) {
    if (found.length >= limit) break;
    found.push(labels);
  }
  return found;
}
