/** `{{schema:1 count:4 sum:5.5 buckets:[1 2 1] offset:-1}}`: histograms as promqltest writes them. */
import type { Histogram } from '../histogram.ts';
import { CUSTOM } from './bounds.ts';
import { loosen, tighten } from './make.ts';
import type { Sparse } from './sparse.ts';

export interface Notation {
  readonly histogram: Histogram;
  /** Whether it says what is known of a counter reset. */
  readonly hinted: boolean;
}

const HINTS: Readonly<Record<string, Histogram['resetHint']>> = {
  unknown: 'unknown',
  reset: 'reset',
  not_reset: 'notReset',
  gauge: 'gauge',
};
const HINT_NAMES: Readonly<Record<Histogram['resetHint'], string>> = { unknown: '', reset: 'reset', notReset: 'not_reset', gauge: 'gauge' };
const KEYS = 'schema count sum z_bucket z_bucket_w buckets offset n_buckets n_offset custom_values counter_reset_hint'.split(' ');

/** What stands within the double braces. @throws Error naming what is wrong */
export function parseHistogram(text: string): Notation {
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const [whole, key, list, value] = /^\s*(?:([a-z_]+):(?:\[([^\]]*)\]|([^\s\]]+)))?\s*/.exec(text.slice(at))!;
    if (whole === '' || key === undefined) {
      if (text.slice(at).trim() === '') break;
      throw new Error(`no field of a histogram: ${text.slice(at)}`);
    }
    if (!KEYS.includes(key)) throw new Error(`unknown field of a histogram: ${key}, known are ${KEYS.join(', ')}`);
    if (fields.has(key)) throw new Error(`a histogram has ${key} twice`);
    fields.set(key, list ?? value!);
    at += whole.length;
  }
  const number = (key: string): number => numberOf(fields.get(key) ?? '0');
  const numbers = (key: string): number[] => (fields.get(key) ?? '').split(/\s+/).filter(Boolean).map(numberOf);
  const side = (buckets: string, offset: string): Sparse => {
    const counts = numbers(buckets);
    return { counts, indexes: counts.map((_, i) => i + number(offset)) };
  };
  const hint = fields.get('counter_reset_hint');
  const resetHint = HINTS[hint ?? 'unknown'];
  if (resetHint === undefined) throw new Error(`unknown counter_reset_hint: ${hint}, known are ${Object.keys(HINTS).join(', ')}`);
  const schema = number('schema');
  const histogram = tighten({
    schema,
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    positive: side('buckets', 'offset'),
    negative: side('n_buckets', 'n_offset'),
    customValues: schema === CUSTOM ? numbers('custom_values') : undefined,
    resetHint,
  });
  return { histogram, hinted: hint !== undefined };
}

function numberOf(text: string): number {
  const special = /^([+-]?)(inf|nan)$/i.exec(text);
  const value = special === null ? Number(text) : special[2]!.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
  if (special === null && value !== value) throw new Error(`no number: ${text}`);
  return value;
}

/** The same way back, braces included. */
export function formatNotation(histogram: Histogram): string {
  const { positive, negative } = loosen(histogram);
  const parts = histogram.schema === 0 ? [] : [`schema:${histogram.schema}`];
  const add = (key: string, value: number): void => void (value !== 0 && parts.push(`${key}:${value}`));
  add('count', histogram.count);
  add('sum', histogram.sum);
  add('z_bucket', histogram.zeroCount);
  add('z_bucket_w', histogram.zeroThreshold);
  if (histogram.customValues !== undefined) parts.push(`custom_values:[${histogram.customValues.join(' ')}]`);
  const side = (prefix: string, { indexes, counts }: Sparse): void => {
    if (indexes.length === 0) return;
    add(`${prefix}offset`, indexes[0]!);
    const all = Array.from({ length: indexes.at(-1)! - indexes[0]! + 1 }, (_, i) => counts[indexes.indexOf(indexes[0]! + i)] ?? 0);
    parts.push(`${prefix}buckets:[${all.join(' ')}]`);
  };
  side('', positive);
  side('n_', negative);
  const hint = HINT_NAMES[histogram.resetHint];
  if (hint !== '') parts.push(`counter_reset_hint:${hint}`);
  return `{{${parts.join(' ')}}}`;
}
