import { badRequest, notFound } from '../../../platform/problem.ts';
import type { Labels, Matcher, SeriesIndex } from '../../series.ts';
import { found, pythonRegExp } from '../python-regexp.ts';
import { graphiteName } from './series-finder.ts';
import { labelOf, tagMatchers, tagOf } from './tag-expression.ts';

const DEFAULT_LIMIT = 100;
const MOST = 100_000;
const ALWAYS = [0, Number.MAX_SAFE_INTEGER] as const;

/** A parameter that may be written `expr` or `expr[]`. */
export const several = (params: URLSearchParams, name: string): string[] =>
  params.has(name) ? params.getAll(name) : params.getAll(`${name}[]`);

function limitOf(params: URLSearchParams, fallback: number): number {
  const limit = Number(params.get('limit') ?? fallback);
  if (!Number.isSafeInteger(limit) || limit < 0) throw badRequest("'limit' must be a whole number.", { field: 'limit' });
  return Math.min(limit, MOST);
}

/** Keeps what a filter matches from its beginning, in order. */
function filtered(values: readonly string[], filter: string | null, limit: number): string[] {
  const pattern = filter === null || filter === '' ? undefined : pythonRegExp(filter.startsWith('^') ? filter : `^(?:${filter})`);
  return values.filter((value) => value !== '' && (pattern === undefined || found(pattern, value))).sort().slice(0, limit); // prettier-ignore
}

/** A number for what Graphite keeps in a table: the same for the same text. */
const idOf = (text: string): number => {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 1;
  return hash;
};

/** What can be asked about tags, of the labels of all series. */
export class TagAnswers {
  readonly #index: SeriesIndex;

  constructor(index: SeriesIndex) {
    this.#index = index;
  }

  /** `/tags`. */
  async tags(params: URLSearchParams): Promise<unknown> {
    const names = await this.#index.labelNames([], ...ALWAYS);
    return filtered(names.map(tagOf), params.get('filter'), limitOf(params, MOST)).map((tag) => ({ id: idOf(tag), tag }));
  }

  /** `/tags/{tag}`. @throws Problem 404 */
  async tag(tag: string, params: URLSearchParams): Promise<unknown> {
    const all = await this.#index.labelValues(labelOf(tag), [], ...ALWAYS);
    if (all.length === 0) throw notFound('tag', tag.slice(0, 100));
    const values = filtered(all, params.get('filter'), limitOf(params, MOST));
    const counts = new Map<string, number>();
    if (values.length > 0) {
      for (const labels of await this.#index.series([[{ name: labelOf(tag), op: '!=', value: '' }]], ...ALWAYS, MOST)) {
        const value = labels[labelOf(tag)] ?? '';
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return { id: idOf(tag), tag, values: values.map((value) => ({ id: idOf(value), value, count: counts.get(value) ?? 0 })) };
  }

  /** `/tags/findSeries`. */
  async findSeries(params: URLSearchParams): Promise<unknown> {
    const expressions = several(params, 'expr');
    if (expressions.length === 0) throw badRequest("'expr' is missing: give a tag expression such as name=disk.used.", { field: 'expr' });
    return (await this.#series(tagMatchers(expressions))).map(graphiteName).sort();
  }

  /** `/tags/autoComplete/tags`: tags of the series that fit, but those that are asked for already. */
  async completeTags(params: URLSearchParams): Promise<unknown> {
    const expressions = several(params, 'expr');
    const prefix = params.get('tagPrefix') ?? '';
    const asked = new Set(expressions.map((text) => text.split(/[!=]/, 1)[0]));
    const labels =
      expressions.length === 0
        ? await this.#index.labelNames([], ...ALWAYS)
        : await this.#index.labelNames([tagMatchers(expressions)], ...ALWAYS);
    const tags = labels.map(tagOf).filter((tag) => !asked.has(tag) && tag.startsWith(prefix));
    return tags.sort().slice(0, limitOf(params, DEFAULT_LIMIT));
  }

  /** `/tags/autoComplete/values`: values of a tag among the series that fit. */
  async completeValues(params: URLSearchParams): Promise<unknown> {
    const tag = params.get('tag') ?? '';
    if (tag === '') throw badRequest("'tag' is missing.", { field: 'tag' });
    const expressions = several(params, 'expr');
    const prefix = params.get('valuePrefix') ?? '';
    const matchers = expressions.length === 0 ? [] : [tagMatchers([...expressions, `${tag}!=`])];
    const values = await this.#index.labelValues(labelOf(tag), matchers, ...ALWAYS);
    return values.filter((value) => value !== '' && value.startsWith(prefix)).sort().slice(0, limitOf(params, DEFAULT_LIMIT)); // prettier-ignore
  }

  async #series(matchers: readonly Matcher[]): Promise<readonly Labels[]> {
    return await this.#index.series([matchers], ...ALWAYS, MOST);
  }
}
