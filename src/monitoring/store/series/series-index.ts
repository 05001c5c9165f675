import { LimitError } from '../../../platform/problem.ts';
import type { Labels, Matcher } from '../../series.ts';
import { valueTest, type ValueTest } from './label-matcher.ts';
import { LabelTable } from './label-table.ts';
import { intersect, Postings, subtract, union } from './postings.ts';

const NONE = new Uint32Array(0);

/** The values of one label and the series that have each. */
interface LabelValues {
  readonly name: string;
  readonly values: Map<string, { readonly value: string; readonly postings: Postings }>;
  /** Series that have the label at all. */
  readonly all: Postings;
}

/** The ids of the series that match, or, where an absent label matches too, of those that don't. */
interface Finding {
  readonly ids: Uint32Array;
  readonly excluded: boolean;
}

/** At most 80 MB of ids are remembered. */
const MOST_FINDINGS = 100;
const LARGEST_FINDING = 200_000;

/** Senders have sorted them, mostly: to see that takes a tenth of sorting them again. */
function sortedNames(labels: Labels): string[] {
  const names = Object.keys(labels);
  for (let i = 1; i < names.length; i++) if ((names[i - 1] as string) > (names[i] as string)) return names.sort();
  return names;
}

/** Finds series by their labels. Ids are given in order from 1 and never again. */
export class SeriesIndex {
  readonly #table = new LabelTable();
  readonly #labels = new Map<string, LabelValues>();
  readonly #all = new Postings();
  readonly #maxSeries: number;
  /** What expressions found, as of a number of series. */
  readonly #findings = new Map<string, { readonly series: number; readonly finding: Finding }>();
  /** Values of a label that an expression matches, as of a number of values of that label. */
  readonly #matched = new Map<string, { readonly size: number; readonly values: readonly string[] }>();

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries;
  }

  get size(): number {
    return this.#all.length;
  }

  /** One more than the highest id. */
  get end(): number {
    return this.#table.end;
  }

  /** The id of the labels, or 0. An empty value is no label. */
  find(labels: Labels): number {
    return this.#table.find(labels);
  }

  /** Adds labels that `find` doesn't know. @throws LimitError when there are too many series */
  add(labels: Labels): number {
    if (this.size >= this.#maxSeries) throw this.#tooMany();
    const id = this.#table.end;
    this.#insert(id, labels);
    return id;
  }

  /** Adds a series under the id that it had, unless it is there. Ids must grow. */
  restore(id: number, labels: Labels): boolean {
    if (id < this.end || this.find(labels) !== 0) return false;
    this.#insert(id, labels);
    return true;
  }

  #insert(id: number, labels: Labels): void {
    const kept: Record<string, string> = {};
    for (const given of sortedNames(labels)) {
      const value = labels[given];
      if (!value) continue;
      const label = this.#labelNamed(given);
      let having = label.values.get(value);
      if (!having) label.values.set(value, (having = { value, postings: new Postings() }));
      having.postings.add(id);
      label.all.add(id);
      // One string for each text: a million series share their few names and values.
      kept[label.name] = having.value;
    }
    this.#table.add(id, Object.freeze(kept), labels);
    this.#all.add(id);
  }

  #labelNamed(name: string): LabelValues {
    let label = this.#labels.get(name);
    if (!label) this.#labels.set(name, (label = { name, values: new Map(), all: new Postings() }));
    return label;
  }

  /** Gives no id below this from now on: there may be samples under them whose labels are lost. */
  skipTo(id: number): void {
    this.#table.skipTo(id);
  }

  labelsOf(id: number): Labels | undefined {
    return this.#table.labelsOf(id);
  }

  labelNames(): string[] {
    return [...this.#labels.keys()];
  }

  /** Every value of the label. */
  labelValues(name: string): string[] {
    return [...(this.#labels.get(name)?.values.keys() ?? [])];
  }

  /** The ids of the series that match every matcher, ascending. A view: copy it to keep it. @throws Problem 400 on a bad expression */
  select(matchers: readonly Matcher[]): Uint32Array {
    let found: Uint32Array | undefined;
    const without: Uint32Array[] = [];
    for (const { ids, excluded } of matchers.map((matcher) => this.#lookUp(matcher)).sort((a, b) => a.ids.length - b.ids.length)) {
      if (excluded) without.push(ids);
      else found = found ? intersect(found, ids) : ids;
    }
    let rest = found ?? this.#all.view();
    for (const ids of without) rest = subtract(rest, ids);
    return rest;
  }

  /** Every metric, and how many series it has. */
  metrics(): [metric: string, series: number][] {
    return [...(this.#labels.get('__name__')?.values ?? [])].map(([metric, { postings }]) => [metric, postings.length]);
  }

  /** The metric with the most series, and how many it has. */
  largestMetric(): { readonly metric: string; readonly series: number } {
    let largest = { metric: '', series: 0 };
    for (const [metric, { postings }] of this.#labels.get('__name__')?.values ?? []) {
      if (postings.length > largest.series) largest = { metric, series: postings.length };
    }
    return largest;
  }

  /** What a matcher finds. An expression's finding is remembered until there is a new series. */
  #lookUp(matcher: Matcher): Finding {
    if (matcher.op === '=') return this.#find(matcher);
    const key = `${matcher.name}\0${matcher.op}\0${matcher.value}`;
    const known = this.#findings.get(key);
    if (known?.series === this.size) return known.finding;
    const finding = this.#find(matcher);
    if (finding.ids.length > LARGEST_FINDING) return finding;
    if (this.#findings.size >= MOST_FINDINGS) this.#findings.clear();
    this.#findings.set(key, { series: this.size, finding });
    return finding;
  }

  #find(matcher: Matcher): Finding {
    const label = this.#labels.get(matcher.name);
    const test = valueTest(matcher);
    const negative = matcher.op === '!=' || matcher.op === '!~';
    const absentMatches = test.matches('') !== negative;
    if (!label) return { ids: NONE, excluded: absentMatches };
    const positive = this.#valuesOf(matcher, label, test);
    if (!absentMatches && !negative) return { ids: this.#idsOf(label, positive), excluded: false };
    if (absentMatches && negative) return { ids: this.#idsOf(label, positive), excluded: true };
    // '=~' that matches the absent, or '!=' that doesn't: the label's other values decide.
    const matching = new Set(positive);
    const others = [...label.values.keys()].filter((value) => !matching.has(value));
    return { ids: this.#idsOf(label, others), excluded: absentMatches };
  }

  #idsOf(label: LabelValues, values: readonly string[]): Uint32Array {
    if (values.length === label.values.size) return label.all.view();
    return union(values.map((value) => label.values.get(value)?.postings.view() ?? NONE));
  }

  /** The label's values that pass the test. An expression's are remembered until the label gets a new value. */
  #valuesOf(matcher: Matcher, label: LabelValues, test: ValueTest): readonly string[] {
    if (test.values) return test.values.filter((value) => label.values.has(value));
    const key = `${matcher.name}\0${matcher.value}`;
    const known = this.#matched.get(key);
    if (known?.size === label.values.size) return known.values;
    const values: string[] = [];
    for (const value of label.values.keys()) if (test.matches(value)) values.push(value);
    if (this.#matched.size > 1000) this.#matched.clear();
    this.#matched.set(key, { size: label.values.size, values });
    return values;
  }

  #tooMany(): LimitError {
    const { metric, series } = this.largestMetric();
    const most = metric ? ` '${metric}' alone has ${series}.` : '';
    return new LimitError(429, `There are ${this.size} series, so no new one is taken.${most}`, {
      limit: this.#maxSeries,
      setting: 'store.maxSeries',
      retryAfter: 60,
    });
  }
}
