import { LimitError } from '../../platform/problem.ts';
import { LabelCache } from '../label-cache.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { SampleSink } from '../series.ts';
import { unescapeKey } from './unescape.ts';

/** A measurement with its tags, and the series of its fields in the order in which they last came. */
interface Key {
  readonly measurement: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly fields: Field[];
  readonly byText: Map<string, Field>;
}

interface Field {
  readonly bytes: Uint8Array;
  /** 0 where it is refused. */
  readonly id: number;
  readonly wrong: string | undefined;
}

const [SPACE, EQUALS] = [32, 61] as const;
const MOST_KEYS = 1_000_000;
const MOST_FIELDS = 4_000_000;
const CACHE_BYTES = 128 * 1024 ** 2;

/**
 * Finds the series of a field by the bytes of its measurement and tags, which a sender writes the same each time, and then by the
 * place of the field in the line. Bytes are compared, no text is made for what came before.
 */
export class SeriesKeys {
  /** The sender's: series that are new belong to it. */
  sink: Pick<SampleSink, 'resolve'>;
  readonly #limits: LabelLimits;
  readonly #db: string;
  #cache = new LabelCache(CACHE_BYTES);
  #keys: Key[] = [];
  #fields = 0;
  #key: Key | undefined;
  #next = 0;
  /** Why the last `key` or `field` was refused. */
  wrong = '';
  limit: LimitError | undefined;

  /** @param db the label `db` of every series that has no tag of that name; none where empty */
  constructor(sink: Pick<SampleSink, 'resolve'>, limits: LabelLimits, db: string) {
    this.sink = sink;
    this.#limits = limits;
    this.#db = db;
  }

  /** Goes to the series key that is expected, if it stands at `from` with a space behind it; where it ends, or -1. */
  expected(view: DataView, from: number): number {
    const known = this.#cache.findNext(view, from, view.byteLength);
    // Whoever goes on without a space is another key, which is looked for as if nothing had been expected.
    if (known === 0 || this.#cache.end === view.byteLength || view.getUint8(this.#cache.end) !== SPACE) return -1;
    this.#next = 0;
    this.#key = this.#keys[known - 1];
    return this.#key === undefined ? -1 : this.#cache.end;
  }

  /** Where the name of the field that is expected ends, if it stands at `from` with an equals sign behind it; -1 otherwise. */
  expectedField(bytes: Uint8Array, from: number): number {
    const guess = this.#key?.fields[this.#next];
    if (guess === undefined) return -1;
    const known = guess.bytes;
    const length = known.length;
    if (bytes[from + length] !== EQUALS) return -1;
    for (let i = 0; i < length; i++) if (known[i] !== bytes[from + i]) return -1;
    return from + length;
  }

  /** The id of the field that `expectedField` found. */
  takeExpected(): number {
    return ((this.#key as Key).fields[this.#next++] as Field).id;
  }

  /** Goes to the series key in these bytes; false when it is refused. */
  key(view: DataView, from: number, to: number): boolean {
    this.#next = 0;
    const known = this.#cache.find(view, from, to);
    this.#key = known > 0 ? this.#keys[known - 1] : this.#read(view, from, to);
    return this.#key !== undefined;
  }

  /** The id of the field of the current key whose name is in these bytes; 0 when it is refused. */
  field(bytes: Uint8Array, from: number, to: number): number {
    const key = this.#key as Key;
    const guess = key.fields[this.#next];
    const field = guess !== undefined && same(guess.bytes, bytes, from, to) ? guess : this.#find(key, bytes, from, to);
    this.#next++;
    if (field.wrong !== undefined) this.wrong = field.wrong;
    return field.id;
  }

  #find(key: Key, bytes: Uint8Array, from: number, to: number): Field {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    const text = raw.toString('latin1');
    const known = key.byText.get(text);
    if (known !== undefined) {
      this.#next = key.fields.indexOf(known);
      return known;
    }
    const field = this.#resolve(key, raw);
    // What is refused for want of room may be taken later.
    if (field.wrong === undefined && this.#fields < MOST_FIELDS) {
      this.#fields++;
      this.#next = key.fields.push(field) - 1;
      key.byText.set(text, field);
    }
    return field;
  }

  #resolve({ measurement, tags }: Key, raw: Buffer): Field {
    const bytes = Uint8Array.from(raw);
    const name = unescapeKey(raw.toString('utf8'));
    const labels = checkLabels([['__name__', `${measurement}_${name}`], ...tags], this.#limits);
    const wrong = name === '' ? 'a field has no name' : name.includes('\ufffd') ? 'a field name is not UTF-8' : labels;
    if (typeof wrong === 'string') return { bytes, id: 0, wrong };
    try {
      return { bytes, id: this.sink.resolve(labels as Exclude<typeof labels, string>), wrong: undefined };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.limit = error;
      return { bytes, id: 0, wrong: error.message };
    }
  }

  #read(view: DataView, from: number, to: number): Key | undefined {
    const text = Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('utf8');
    const parts = splitUnescaped(text, ',', this.#limits.maxLabels + 2);
    const measurement = unescapeKey(parts[0] ?? '');
    const tags: [string, string][] = [];
    const refuse = (wrong: string): undefined => void (this.wrong = wrong);
    if (measurement === '') return refuse('there is no measurement');
    if (text.includes('\ufffd')) return refuse('the measurement or a tag is not UTF-8');
    for (const part of parts.slice(1)) {
      const [name = '', value, more] = splitUnescaped(part, '=', 3);
      if (name === '' || value === undefined || value === '' || more !== undefined)
        return refuse(`the tag '${part.slice(0, 80)}' is not name=value`);
      if (name === '__name__') return refuse("a tag can't be named __name__");
      tags.push([unescapeKey(name), unescapeKey(value)]);
    }
    if (this.#db !== '' && !tags.some(([name]) => name === 'db')) tags.push(['db', this.#db]);
    const labels = checkLabels([['__name__', measurement], ...tags], this.#limits);
    if (typeof labels === 'string') return refuse(labels);
    const key: Key = { measurement, tags, fields: [], byText: new Map() };
    if (this.#keys.length >= MOST_KEYS || this.#fields >= MOST_FIELDS) this.#forget();
    this.#cache.add(view, from, to, this.#keys.push(key));
    return key;
  }

  #forget(): void {
    this.#cache = new LabelCache(CACHE_BYTES);
    this.#keys = [];
    this.#fields = 0;
  }
}

function same(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}

/** At most `most` parts; the last has the rest. */
function splitUnescaped(text: string, separator: string, most: number): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length && parts.length < most - 1; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
