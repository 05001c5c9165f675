import type { Breath } from '../../../platform/columns/index.ts';
import { LimitError } from '../../../platform/problem.ts';
import type { Labels, Matcher, Series, SeriesIndex, SeriesSource } from '../../series.ts';
import type { GraphiteSettings } from '../settings.ts';
import { makeSeries, nameOfTags, tagsOfName, type SeriesList, type TimeSeries } from '../time-series.ts';
import { bucket, gridOf } from './bucket.ts';
import { PathIndex, type FoundNode } from './path-index.ts';
import { aggregationOf, Steps, widened } from './step-of.ts';
import { tagMatchers, tagOf } from './tag-expression.ts';

export interface FinderDeps {
  readonly source: SeriesSource;
  readonly index: SeriesIndex;
  readonly settings: GraphiteSettings;
  readonly onRead?: ((names: ReadonlySet<string>) => void) | undefined;
}

/** What to fetch, and for whom. Times are seconds since the epoch. */
export interface Fetch {
  readonly from: number;
  readonly until: number;
  readonly now: number;
  /** The time of the request itself, which decides the series that exist and how far steps are widened. */
  readonly requested: { readonly from: number; readonly until: number };
  readonly xFilesFactor: number;
  readonly maxSamples: number;
  readonly signal: AbortSignal;
  readonly breath: Breath;
  spend(values: number): void;
}

/** A series without samples in the last day before what is asked for is not there any more. */
const LIFE_SECONDS = 86_400;
/** So much earlier than what is asked for is looked at to find a step. */
const LEARN_SECONDS = 3_600;
/** Characters of an expression that lists names. */
const LONGEST_LIST = 9_000;

/** The name in Graphite of a series with these labels: `disk.used;dc=x`. */
export function graphiteName(labels: Labels): string {
  const tags = Object.entries(labels).filter(([label]) => label !== '__name__');
  return nameOfTags(labels['__name__'] ?? '', tags);
}

/** Finds series by path, glob or tags, and brings their samples to steps. */
export class SeriesFinder {
  readonly #deps: FinderDeps;
  readonly #paths = new PathIndex();
  readonly #steps: Steps;

  constructor(deps: FinderDeps) {
    this.#deps = deps;
    this.#steps = new Steps(deps.settings.steps);
  }

  /** The leaves and branches that a glob matches. */
  async nodes(pattern: string, breath: Breath): Promise<FoundNode[]> {
    const { index, settings } = this.#deps;
    await this.#paths.update(await index.labelValues('__name__', [], 0, Number.MAX_SAFE_INTEGER), breath);
    return await this.#paths.find(pattern, settings.maxSeries, breath);
  }

  /** The series of a path expression, by name. A series with tags is found by its name without them, too. */
  async byPath(expression: string, fetch: Fetch): Promise<SeriesList> {
    if (expression.includes(';')) return await this.#tagged(expression, fetch);
    const leaves = (await this.nodes(expression, fetch.breath)).filter(({ leaf }) => leaf);
    const names = leaves.map(({ path }) => path);
    if (names.length === 0) return [];
    return await this.#fetch(listsOf(names), expression, fetch);
  }

  /** The series whose tags fit every expression; `text` is the call as written. */
  async byTags(expressions: readonly string[], text: string, fetch: Fetch): Promise<SeriesList> {
    return await this.#fetch([tagMatchers(expressions)], text, fetch);
  }

  /** Exactly the series with these tags: `disk.used;dc=x`. */
  async #tagged(name: string, fetch: Fetch): Promise<SeriesList> {
    const { name: metric = '', ...tags } = tagsOfName(name);
    const pairs = Object.entries(tags);
    const matchers: Matcher[] = [['__name__', metric] as const, ...pairs].map(([label, value]) => ({ name: label, op: '=', value }));
    const list = await this.#fetch([matchers], name, fetch);
    return list.filter((series) => Object.keys(series.tags).length === pairs.length + 1);
  }

  /** Every series of the alternatives that exists, also those with nothing in the time that is asked for. */
  async #fetch(alternatives: readonly (readonly Matcher[])[], path: string, fetch: Fetch): Promise<SeriesList> {
    const { source, index, settings } = this.#deps;
    const { from, now, requested, signal, breath } = fetch;
    const until = Math.min(fetch.until, now);
    if (from > now) return [];
    const lived = (Math.min(from, requested.from) - LIFE_SECONDS) * 1000;
    const all = await index.series(alternatives, lived, Math.max(fetch.until, requested.until) * 1000, settings.maxSeries + 1);
    if (all.length > settings.maxSeries) {
      throw new LimitError(422, `'${path.slice(0, 200)}' finds too many series: ask for fewer.`, {
        limit: settings.maxSeries,
        setting: 'graphite.maxSeries',
      });
    }
    this.#deps.onRead?.(new Set(all.map((labels) => labels['__name__'] ?? '')));
    const samples = new Map<string, Series>();
    const lease = { ended: false };
    const list: SeriesList = [];
    try {
      for (const matchers of alternatives) {
        const found = await source.select(matchers, from * 1000, until * 1000, { signal, lease, maxSamples: fetch.maxSamples });
        for (const series of found) {
          samples.set(graphiteName(series.labels), series);
          if (breath.due) await breath.take();
        }
        await this.#learn(matchers, found, fetch, until);
      }
      for (const labels of all) {
        const name = graphiteName(labels);
        list.push(this.#toSteps(name, labels, samples.get(name), path, { ...fetch, until }));
        if (breath.due) await breath.take();
      }
    } finally {
      lease.ended = true;
    }
    return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** Finds steps in a longer time where there are too few samples to tell in the time that is asked for. */
  async #learn(matchers: readonly Matcher[], found: readonly Series[], fetch: Fetch, until: number): Promise<void> {
    if (!found.some((series) => this.#steps.unsure(graphiteName(series.labels), series))) return;
    const { signal, maxSamples, now, breath } = fetch;
    const from = (Math.min(fetch.from, until) - LEARN_SECONDS) * 1000;
    for (const series of await this.#deps.source.select(matchers, from, until * 1000, { signal, maxSamples })) {
      this.#steps.stepOf(graphiteName(series.labels), series, now * 1000);
      if (breath.due) await breath.take();
    }
  }

  #toSteps(name: string, labels: Labels, samples: Series | undefined, path: string, fetch: Fetch): TimeSeries {
    const { settings } = this.#deps;
    const { from, until, now, requested, xFilesFactor } = fetch;
    const found = this.#steps.stepOf(name, samples, now * 1000);
    const step = widened(found, requested.until - requested.from, settings.maxPoints);
    const grid = gridOf(from, until, step);
    fetch.spend((grid.end - grid.start) / step);
    const values = bucket(samples, grid, aggregationOf(labels['__name__'] ?? '', settings.aggregations), step === found);
    const tags = Object.fromEntries(Object.entries(labels).map(([label, value]) => [tagOf(label), value]));
    return makeSeries(name, { ...grid, values, xFilesFactor, path, tags });
  }
}

/** The names in as few expressions as take them all. */
function listsOf(names: readonly string[]): Matcher[][] {
  if (names.length === 1) return [[{ name: '__name__', op: '=', value: names[0]! }]];
  const lists: string[] = [];
  for (const name of names) {
    const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const last = lists.at(-1);
    if (last === undefined || last.length + escaped.length > LONGEST_LIST) lists.push(escaped);
    else lists[lists.length - 1] = `${last}|${escaped}`;
  }
  return lists.map((value) => [{ name: '__name__', op: '=~', value }]);
}
