import { LimitError } from '../../platform/problem.ts';
import { LabelCache } from '../label-cache.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { SampleSink } from '../series.ts';
import { unescapeKey } from './unescape.ts';

/** A measurement with its tags, and the series of its fields in the order in which they first came. */
interface Key {
  readonly measurement: string;
  readonly tags: readonly (readonly [string, string])[];
  /** The fields' names: the same arrays for every key that has them. */
  readonly names: Uint8Array[];
  readonly ids: number[];
  /** By name: the field's place. */
  readonly places: Map<string, number>;
}

const SPACE = 32;
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
  /** Each name once, however many keys have it: all of those that are written again and again are near each other. */
  #names = new Map<string, Uint8Array>();
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

  /** The names of the current key's fields, as bytes, in the order in which they first came. */
  get names(): readonly Uint8Array[] {
    return (this.#key as Key).names;
  }

  /** The series of those fields. */
  get ids(): readonly number[] {
    return (this.#key as Key).ids;
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
    const guess = key.names[this.#next];
    if (guess === undefined || !same(guess, bytes, from, to)) return this.#find(key, bytes, from, to);
    return key.ids[this.#next++] as number;
  }

  #find(key: Key, bytes: Uint8Array, from: number, to: number): number {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    const text = raw.toString('latin1');
    const place = key.places.get(text);
    if (place !== undefined) {
      this.#next = place + 1;
      return key.ids[place] as number;
    }
    const id = this.#resolve(key, raw);
    this.#next++;
    // What is refused for want of room may be taken later.
    if (id === 0 || this.#fields >= MOST_FIELDS) return id;
    this.#fields++;
    let name = this.#names.get(text);
    if (name === undefined) this.#names.set(text, (name = Uint8Array.from(raw)));
    key.places.set(text, key.names.length);
    this.#next = key.names.push(name);
    key.ids.push(id);
    return id;
  }

  /** 0 when it is refused; `wrong` says why. */
  #resolve({ measurement, tags }: Key, raw: Buffer): number {
    const name = unescapeKey(raw.toString('utf8'));
    const labels = checkLabels([['__name__', `${measurement}_${name}`], ...tags], this.#limits);
    const wrong = name === '' ? 'a field has no name' : name.includes('\ufffd') ? 'a field name is not UTF-8' : labels;
    if (typeof wrong === 'string') {
      this.wrong = wrong;
      return 0;
    }
    try {
      return this.sink.resolve(wrong);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.limit = error;
      this.wrong = error.message;
      return 0;
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
    const key: Key = { measurement, tags, names: [], ids: [], places: new Map() };
    if (this.#keys.length >= MOST_KEYS || this.#fields >= MOST_FIELDS) this.#forget();
    this.#cache.add(view, from, to, this.#keys.push(key));
    return key;
  }

  #forget(): void {
    this.#cache = new LabelCache(CACHE_BYTES);
    this.#keys = [];
    this.#names = new Map();
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
