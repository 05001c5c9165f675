import { parseNumber, type SampleBatch } from '../intakes/index.ts';
import type { SeriesKeys } from './series-keys.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';

const [NEWLINE, RETURN, SPACE, QUOTE, HASH, COMMA, EQUALS, BACKSLASH] = [10, 13, 32, 34, 35, 44, 61, 92] as const;

/** What was wrong with a line. Columns count bytes, from 1. */
export interface LineProblem {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
  readonly text: string;
}

/** Milliseconds in a unit of a timestamp. */
export type Precision = 'ns' | 'us' | 'ms' | 's' | 'm' | 'h';
/** Digits that a timestamp has below a millisecond. */
const BELOW: Record<Precision, number> = { ns: 6, us: 3, ms: 0, s: 0, m: 0, h: 0 };
const TIMES: Record<Precision, number> = { ns: 1, us: 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Digits that a timestamp has in front of those, in milliseconds or seconds, from 2001 to 2286; 0 where there is no such number. */
const DIGITS: Record<Precision, number> = { ns: 13, us: 13, ms: 13, s: 10, m: 0, h: 0 };
const MOST_PROBLEMS = 20;
/** Among so many fields of a key one is looked for by comparing. */
const MOST_SEARCHED = 32;

class Wrong extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface LineReaderOptions {
  readonly keys: SeriesKeys;
  readonly batch: SampleBatch;
  readonly precision: Precision;
  readonly now: number;
  readonly retention: number;
}

/**
 * Reads InfluxDB's line protocol, some bytes in a turn. A line counts as a whole or not at all; those around a wrong one count.
 * Numbers and booleans (1 and 0) become samples, texts have no place in a series and are counted only.
 * Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export class LineReader {
  readonly problems: LineProblem[] = [];
  badLines = 0;
  lines = 0;
  texts = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: LineReaderOptions;
  #at = 0;
  #lineNumber = 0;
  /** Before here every line ends with a newline: nothing that stops there reads beyond the bytes. */
  readonly #lastLine: number;

  constructor(bytes: Uint8Array, options: LineReaderOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
    this.#lastLine = bytes.lastIndexOf(NEWLINE) + 1;
  }

  /** Reads on; false when all is read. */
  readSome(bytes: number): boolean {
    const until = this.#at + bytes;
    while (this.#at < this.#bytes.length) {
      if (this.#at >= until) return true;
      const keyEnd = this.#expectedLines(Math.min(until, this.#lastLine));
      if (this.#at < Math.min(until, this.#bytes.length)) this.#line(keyEnd);
    }
    return false;
  }

  /**
   * Reads lines as they nearly all are: the series key that came behind the last one the last time, fields that it has, short numbers,
   * and a time of today's length. Goes on up to `until`, or to a line that is anything else, of which only the key is read: where that ends,
   * or -1 where it isn't the expected one.
   *
   * One loop without calls or objects, and therefore longer than other functions: nines reads hundreds of thousands of such lines a second.
   */
  #expectedLines(until: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const { keys, batch, precision, now, retention } = this.#options;
    const head = DIGITS[precision];
    const below = BELOW[precision];
    const unit = TIMES[precision];
    let { ids, times, values } = batch;
    let kept = batch.size;
    let keyEnd = -1;
    let at = this.#at;
    let lines = 0;
    line: while (at < until) {
      keyEnd = keys.expected(view, at);
      if (keyEnd < 0 || head === 0) break;
      const names = keys.names;
      const series = keys.ids;
      let size = kept;
      let next = 0;
      let i = keyEnd;
      do {
        // A space or a comma stands at `i`.
        i++;
        next = placeOf(names, next, bytes, i);
        if (next < 0) break line;
        i += (names[next] as Uint8Array).length + 1;
        let byte = bytes[i] as number;
        const negative = byte === 45;
        if (negative) byte = bytes[++i] as number;
        const start = i;
        let point = 0;
        let mantissa = 0;
        for (; ; byte = bytes[++i] as number) {
          const digit = byte - 48;
          if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
          else if (byte === 46 && point === 0) point = i;
          else break;
        }
        const digits = point === 0 ? i - start : i - start - 1;
        if (digits === 0 || digits > SHORT) break line;
        const value = point === 0 ? mantissa : mantissa / (TEN[i - point - 1] as number);
        if (byte === 105 && point === 0) i++;
        if (size === ids.length) {
          batch.size = size;
          batch.reserve(1);
          ({ ids, times, values } = batch);
        }
        ids[size] = series[next++] as number;
        values[size++] = negative ? -value : value;
      } while (bytes[i] === COMMA);
      if (bytes[i] !== SPACE) break;
      let time = 0;
      const timeEnd = i + 1 + head;
      for (i++; i < timeEnd; i++) {
        const digit = (bytes[i] as number) - 48;
        if (!(digit >= 0 && digit <= 9)) break line;
        time = time * 10 + digit;
      }
      for (const end = i + below; i < end; i++) {
        const digit = (bytes[i] as number) - 48;
        if (!(digit >= 0 && digit <= 9)) break line;
      }
      time *= unit;
      if (bytes[i] !== NEWLINE || time < now - retention || time > now + FURTHEST_AHEAD_MS) break;
      for (; kept < size; kept++) times[kept] = time;
      at = i + 1;
      lines++;
      keyEnd = -1;
    }
    batch.size = kept;
    this.#at = at;
    this.lines += lines;
    this.#lineNumber += lines;
    return at < until ? keyEnd : -1;
  }

  /** @param keyEnd where the series key ends, if it is the expected one */
  #line(keyEnd: number): void {
    const start = this.#at;
    const bytes = this.#bytes;
    this.#lineNumber++;
    let from = start;
    while (bytes[from] === SPACE || bytes[from] === 9) from++;
    const first = bytes[from];
    if (from >= bytes.length || first === NEWLINE || first === HASH || (first === RETURN && bytes[from + 1] === NEWLINE)) {
      this.#at = this.#endOfLine(from) + 1;
      return;
    }
    this.lines++;
    const number = this.#lineNumber;
    const { batch } = this.#options;
    const before = batch.size;
    try {
      this.#point(from, keyEnd);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      batch.size = before;
      this.#lineNumber = number;
      const end = this.#endOfLine(start);
      this.badLines++;
      if (this.problems.length < MOST_PROBLEMS) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 200)).toString('utf8');
        this.problems.push({ line: this.#lineNumber, column: error.at - start + 1, problem: error.message, text });
      }
      this.#at = end + 1;
    }
  }

  #point(from: number, keyEnd: number): void {
    const { batch, keys } = this.#options;
    if (keyEnd < 0) {
      keyEnd = this.#wordEnd(from);
      if (this.#bytes[keyEnd] !== SPACE) throw new Wrong(keyEnd, 'there are no fields: write measurement,tag=value field=1');
      if (!keys.key(this.#view, from, keyEnd)) throw new Wrong(from, keys.wrong);
    }
    const first = batch.size;
    const fieldsEnd = this.#fields(this.#skipSpaces(keyEnd));
    const time = this.#timestamp(this.#skipSpaces(fieldsEnd));
    batch.setTimes(first, time);
  }

  /** Reads `name=value,…`; answers where they end. */
  #fields(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; ;) {
      const nameEnd = this.#nameEnd(at);
      if (bytes[nameEnd] !== EQUALS) throw new Wrong(at, 'a field is not written name=value');
      if (nameEnd === at) throw new Wrong(at, 'a field has no name');
      const value = nameEnd + 1;
      const end = bytes[value] === QUOTE ? this.#stringEnd(value) : this.#valueEnd(value);
      this.#field(at, nameEnd, value, end);
      const next = bytes[end];
      if (next !== COMMA) {
        if (end < bytes.length && next !== SPACE && next !== NEWLINE && next !== RETURN)
          throw new Wrong(end, 'something follows the text of a field');
        return end;
      }
      at = end + 1;
    }
  }

  #field(name: number, nameEnd: number, value: number, end: number): void {
    if (this.#bytes[value] === QUOTE) {
      this.texts++;
      return;
    }
    const number = valueOf(this.#bytes, value, end);
    if (Number.isNaN(number)) throw new Wrong(value, `'${this.#textOf(value, end)}' is no number, boolean or "text"`);
    const { keys, batch } = this.#options;
    const id = keys.field(this.#bytes, name, nameEnd);
    if (id === 0) throw new Wrong(name, keys.wrong);
    // Their time comes last in the line.
    batch.add(id, 0, number);
  }

  /** Milliseconds. Leaves the cursor at the next line. */
  #timestamp(from: number): number {
    const bytes = this.#bytes;
    const { precision, now, retention } = this.#options;
    let to = from;
    while (to < bytes.length && bytes[to] !== NEWLINE) to++;
    this.#at = to + 1;
    while (to > from && (bytes[to - 1] === RETURN || bytes[to - 1] === SPACE)) to--;
    if (from >= to) return now;
    const time = integer(bytes, from, to, BELOW[precision]) * TIMES[precision];
    if (Number.isNaN(time)) throw new Wrong(from, `'${this.#textOf(from, to)}' is no timestamp: it is a whole number of ${precision}`);
    if (time < now - retention)
      throw new Wrong(from, `the time is older than samples are kept (store.retention); it was read as ${precision}`);
    if (time > now + FURTHEST_AHEAD_MS) throw new Wrong(from, `the time is more than a day ahead; it was read as ${precision}`);
    return time;
  }

  /** The end of the measurement and its tags: the first space that is not escaped. */
  #wordEnd(from: number): number {
    const bytes = this.#bytes;
    let i = from;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === BACKSLASH && bytes[i + 1] !== NEWLINE) i++;
      else if (byte === SPACE || byte === NEWLINE) break;
    }
    return Math.min(i, bytes.length);
  }

  #nameEnd(from: number): number {
    const bytes = this.#bytes;
    let i = from;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === BACKSLASH && bytes[i + 1] !== NEWLINE) i++;
      else if (byte === EQUALS || byte === SPACE || byte === COMMA || byte === NEWLINE) break;
    }
    return Math.min(i, bytes.length);
  }

  #valueEnd(from: number): number {
    const bytes = this.#bytes;
    let i = from;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === COMMA || byte === SPACE || byte === NEWLINE || byte === RETURN) break;
    }
    return i;
  }

  /** After the closing quote. A text may have newlines in it; one without an end costs only its first line. */
  #stringEnd(from: number): number {
    const bytes = this.#bytes;
    let lines = 0;
    for (let i = from + 1; i < bytes.length && i - from < MOST_TEXT; i++) {
      const byte = bytes[i] as number;
      if (byte === BACKSLASH) i++;
      else if (byte === NEWLINE) lines++;
      else if (byte === QUOTE) {
        this.#lineNumber += lines;
        return i + 1;
      }
    }
    throw new Wrong(from, `a text has no closing quote within ${MOST_TEXT} bytes`);
  }

  #skipSpaces(from: number): number {
    let i = from;
    while (this.#bytes[i] === SPACE) i++;
    return i;
  }

  #endOfLine(from: number): number {
    const end = this.#bytes.indexOf(NEWLINE, from);
    return end < 0 ? this.#bytes.length : end;
  }

  #textOf(from: number, to: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, Math.min(to - from, 60)).toString('utf8');
  }
}

/** Powers of ten that a double has exactly. */
const TEN = Float64Array.from({ length: 16 }, (_, i) => 10 ** i);
/** So many digits a double always has. */
const SHORT = 15;

/** The place of the name that stands at `from` with an equals sign behind it, `guess` first; -1 where it is none of them. */
function placeOf(names: readonly Uint8Array[], guess: number, bytes: Uint8Array, from: number): number {
  if (guess < names.length && standsAt(names[guess] as Uint8Array, bytes, from)) return guess;
  // Some senders write the fields in another order each time.
  const most = Math.min(names.length, MOST_SEARCHED);
  for (let place = 0; place < most; place++) if (standsAt(names[place] as Uint8Array, bytes, from)) return place;
  return -1;
}

function standsAt(name: Uint8Array, bytes: Uint8Array, from: number): boolean {
  const length = name.length;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[from + i]) return false;
  return bytes[from + length] === EQUALS;
}

/** As InfluxDB has it for a string field. It also bounds what a quote without an end costs. */
const MOST_TEXT = 65_536;

const TRUE = /^(t|T|true|True|TRUE)$/;
const FALSE = /^(f|F|false|False|FALSE)$/;

/** A float, an integer `1i`, an unsigned `1u`, or a boolean; NaN where it is none of these. */
function valueOf(bytes: Uint8Array, from: number, to: number): number {
  const last = bytes[to - 1] as number;
  if (last >= 48 && last <= 57) return parseNumber(bytes, from, to);
  if (last === 105 || (last === 117 && bytes[from] !== 45)) return wholeNumber(bytes, from, to - 1);
  if (to - from > 5) return parseNumber(bytes, from, to);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  if (TRUE.test(text)) return 1;
  return FALSE.test(text) ? 0 : parseNumber(bytes, from, to);
}

function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  for (let i = bytes[from] === 45 ? from + 1 : from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte < 48 || byte > 57) return NaN;
  }
  return to - from > 20 ? NaN : parseNumber(bytes, from, to);
}

/** A whole number without its last `drop` digits, which a double might not have; rounded down. */
function integer(bytes: Uint8Array, from: number, to: number, drop: number): number {
  const negative = bytes[from] === 45;
  const first = negative ? from + 1 : from;
  if (first === to || to - first > 20) return NaN;
  let value = 0;
  let rest = 0;
  for (let i = first; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return NaN;
    if (i < to - drop) value = value * 10 + digit;
    else rest += digit;
  }
  return negative ? -value - (rest > 0 ? 1 : 0) : value;
}
