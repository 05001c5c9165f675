import { compileMatcher, matchesAll } from '../../../src/monitoring/promql/matchers.ts';
import type { Labels, Matcher, SeriesIndex } from '../../../src/monitoring/index.ts';

/** What can be asked about a few series, for tests that have no store. */
export class MemoryIndex implements SeriesIndex {
  private readonly all: Labels[];

  constructor(all: readonly Labels[]) {
    this.all = [...all];
  }

  series(matchers: readonly (readonly Matcher[])[]): readonly Labels[] {
    if (matchers.length === 0) return this.all;
    const alternatives = matchers.map((list) => list.map(compileMatcher));
    return this.all.filter((labels) => alternatives.some((list) => matchesAll(list, labels)));
  }

  labelNames(matchers: readonly (readonly Matcher[])[]): readonly string[] {
    return [...new Set(this.series(matchers).flatMap((labels) => Object.keys(labels)))];
  }

  labelValues(name: string, matchers: readonly (readonly Matcher[])[]): readonly string[] {
    return [...new Set(this.series(matchers).flatMap((labels) => labels[name] ?? []))];
  }

  metadata(): readonly [] {
    return [];
  }
}
