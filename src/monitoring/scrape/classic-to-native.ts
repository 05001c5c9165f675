/**
 * Classic histograms of a scrape as native ones with custom boundaries: `convert_classic_histograms_to_nhcb`. Stands between a reader
 * and what keeps its samples. The buckets, the sum and the count of a histogram are gathered while the reader reads and handed on at
 * its end, when their type is known. (https://prometheus.io/docs/specs/native_histograms/#custom-buckets)
 */
import { CUSTOM, histogramProblem, tighten } from '../histogram/index.ts';
import type { Histogram } from '../histogram.ts';
import type { Labels, MetricMetadata } from '../series.ts';
import type { OpenMetricsExemplar } from './openmetrics-sample.ts';
import type { ProtobufHandler } from './protobuf-exposition.ts';

/** A series as the reader knows it: on its own, or a part of what may be a histogram. */
export interface Part<E> {
  readonly labels: Labels;
  /** Made when it is first needed: what is converted has no series of its own. */
  entry: { readonly of: E } | undefined;
  readonly group: Group<E> | undefined;
  /** Of a bucket; NaN for the sum and the count. */
  readonly bound: number;
}

interface Taken<E> {
  readonly part: Part<E>;
  readonly value: number;
  readonly time: number;
}

interface Group<E> {
  readonly name: string;
  readonly labels: Labels;
  entry: { readonly of: E } | undefined;
  round: number;
  /** The target gave it as a native histogram itself. */
  native: boolean;
  taken: Taken<E>[];
  exemplars: (readonly [Part<E>, OpenMetricsExemplar])[];
}

export interface ClassicToNative<E> {
  /** What the reader is given in place of `inner`. */
  readonly handler: ProtobufHandler<Part<E>>;
  begin(): void;
  /** Hands on what was gathered. `metadata` is what the reader has just learned. */
  end(metadata: readonly MetricMetadata[]): void;
  /** Most of what is remembered isn't there any more: begin anew, with a new reader. */
  isFull(): boolean;
}

const PARTS = /^(.+)_(bucket|sum|count)$/;

/** @param keepClassic whether the classic series are kept beside */
export function createClassicToNative<E>(inner: ProtobufHandler<E>, keepClassic: boolean): ClassicToNative<E> {
  const groups = new Map<string, Group<E>>();
  const types = new Map<string, string>();
  let current: Group<E>[] = [];
  let round = 0;

  const entryOf = (one: { entry: { readonly of: E } | undefined; readonly labels: Labels }): E =>
    (one.entry ??= { of: inner.resolve(one.labels) }).of;

  function groupOf(labels: Labels): Group<E> {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group<E> = { name: labels['__name__'] ?? '', labels, entry: undefined, round: 0, native: false, taken: [], exemplars: [] };
    groups.set(key, group);
    return group;
  }

  function inRound(group: Group<E>): Group<E> {
    if (group.round !== round) {
      Object.assign(group, { round, native: false, taken: [], exemplars: [] });
      current.push(group);
    }
    return group;
  }

  function resolve(labels: Labels): Part<E> {
    const [, base, suffix] = PARTS.exec(labels['__name__'] ?? '') ?? [];
    // A native histogram has the name itself.
    if (base === undefined) return { labels, entry: undefined, group: undefined, bound: NaN };
    const { le, ...rest } = labels;
    const bound = suffix === 'bucket' ? boundOf(le) : NaN;
    if (suffix === 'bucket' && bound === undefined) return { labels, entry: undefined, group: undefined, bound: NaN };
    const own = suffix === 'bucket' ? rest : labels;
    return { labels, entry: undefined, group: groupOf({ ...own, __name__: base }), bound: bound ?? NaN };
  }

  const handler: ProtobufHandler<Part<E>> = {
    resolve,
    sample(part, value, time) {
      if (part.group === undefined) inner.sample(entryOf(part), value, time);
      else inRound(part.group).taken.push({ part, value, time });
    },
    histogram(part, histogram, time) {
      inRound(groupOf(part.labels)).native = true;
      inner.histogram(entryOf(part), histogram, time);
    },
    exemplar(part, exemplar) {
      if (part.group === undefined) inner.exemplar?.(entryOf(part), exemplar);
      else inRound(part.group).exemplars.push([part, exemplar]);
    },
  };

  function hand(group: Group<E>): void {
    const converted = group.native || types.get(group.name) !== 'histogram' ? undefined : convert(group);
    if (converted !== undefined) {
      const entry = entryOf(group);
      inner.histogram(entry, converted.histogram, converted.time);
      for (const [, exemplar] of group.exemplars) inner.exemplar?.(entry, exemplar);
      if (!keepClassic) return;
    }
    for (const { part, value, time } of group.taken) inner.sample(entryOf(part), value, time);
    if (converted === undefined) for (const [part, exemplar] of group.exemplars) inner.exemplar?.(entryOf(part), exemplar);
  }

  return {
    handler,
    begin() {
      round += 1;
      current = [];
    },
    end(metadata) {
      for (const { metric, type } of metadata) types.set(metric, type);
      for (const group of current) hand(group);
    },
    isFull: () => groups.size > 2 * current.length + 64 || types.size > 2 * current.length + 10_000,
  };
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined;
  const bound = /^\+?inf$/i.test(le) ? Infinity : Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}

/** Undefined where it has no buckets, or such as can't be: it is kept as it came. */
function convert<E>({ taken }: Group<E>): { readonly histogram: Histogram; readonly time: number } | undefined {
  const buckets = taken.filter(({ part }) => !Number.isNaN(part.bound)).sort((a, b) => a.part.bound - b.part.bound);
  const of = (suffix: string): number | undefined => taken.find(({ part }) => part.labels['__name__']!.endsWith(suffix) && Number.isNaN(part.bound))?.value; // prettier-ignore
  const last = buckets.at(-1);
  if (last === undefined) return undefined;
  const count = last.part.bound === Infinity ? last.value : (of('_count') ?? last.value);
  const cumulative = [...buckets.map(({ value }) => value), ...(last.part.bound === Infinity ? [] : [count])];
  const counts = cumulative.map((value, i) => value - (cumulative[i - 1] ?? 0));
  if (counts.some((one) => !(one >= 0 && one < Infinity))) return undefined;
  const histogram = tighten({
    schema: CUSTOM,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: of('_sum') ?? 0,
    positive: { indexes: counts.map((_, i) => i), counts },
    negative: { indexes: [], counts: [] },
    customValues: buckets.map(({ part }) => part.bound).filter((bound) => bound !== Infinity),
    resetHint: 'unknown',
  });
  return histogramProblem(histogram) === undefined ? { histogram, time: last.time } : undefined;
}
