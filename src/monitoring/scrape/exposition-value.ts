/**
 * Sample values as Go's ParseFloat takes them without hexadecimals and underscores: decimals, `+Inf`, `NaN`.
 * Most are short decimals: those are read without making a string, exactly (Clinger's fast path: a mantissa
 * below 2^53 and a power of ten up to 22 are both exact, so one operation rounds correctly).
 */
const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MAX_EXACT = 2 ** 53;

const SLOW = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Reads numbers out of one text: `end` is the position after the last one read. */
export interface ValueReader {
  end: number;
}

/** The value that starts at `pos` and ends at a space, tab, newline or the end; undefined where it is no number. */
export function readValue(text: string, pos: number, reader: ValueReader): number | undefined {
  let at = pos;
  let code = text.charCodeAt(at);
  const negative = code === 45;
  if (negative || code === 43) code = text.charCodeAt(++at);
  let mantissa = 0;
  let digits = 0;
  let exponent = 0;
  for (; code >= 48 && code <= 57; code = text.charCodeAt(++at), digits++) mantissa = mantissa * 10 + (code - 48);
  if (code === 46) {
    code = text.charCodeAt(++at);
    for (; code >= 48 && code <= 57; code = text.charCodeAt(++at), digits++, exponent--) mantissa = mantissa * 10 + (code - 48);
  }
  if (digits > 0 && (code === 101 || code === 69)) {
    code = text.charCodeAt(++at);
    const small = code === 45;
    if (small || code === 43) code = text.charCodeAt(++at);
    if (!(code >= 48 && code <= 57)) return readSlow(text, pos, reader);
    let given = 0;
    for (; code >= 48 && code <= 57; code = text.charCodeAt(++at)) given = given * 10 + (code - 48);
    exponent += small ? -given : given;
  }
  const ended = code === 10 || code === 32 || code === 9 || code !== code;
  if (!ended || digits === 0 || digits > 19 || mantissa >= MAX_EXACT || exponent > 22 || exponent < -22) return readSlow(text, pos, reader);
  reader.end = at;
  const value = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
  return negative ? -value : value;
}

function readSlow(text: string, pos: number, reader: ValueReader): number | undefined {
  let at = pos;
  for (let code = text.charCodeAt(at); code !== 10 && code !== 32 && code !== 9 && code === code;) code = text.charCodeAt(++at);
  reader.end = at;
  if (at - pos > 400) return undefined;
  const word = text.slice(pos, at);
  if (SLOW.test(word)) {
    const value = Number(word);
    return Number.isFinite(value) ? value : undefined;
  }
  if (/^nan$/i.test(word)) return NaN;
  const infinite = INFINITE.exec(word);
  if (infinite === null) return undefined;
  return infinite[1] === '-' ? -Infinity : Infinity;
}
