/**
 * Strings as Go and PromQL have them: sequences of bytes. A byte that is no part of UTF-8 (`"\xc5"`) is kept as the
 * lone surrogate U+DC00 + byte, so that nothing is lost and such a string equals no valid one.
 */

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34 };

/** The escape at `text[i]` (just after a backslash): its bytes or code point, and how many characters it took; undefined if it is none. */
function readEscape(text: string, i: number, quote: string): { byte?: number; point?: number; length: number } | undefined {
  const c = text[i] ?? '';
  if ((c === '"' || c === "'") && c !== quote) return undefined;
  const simple = SIMPLE[c];
  if (simple !== undefined) return { byte: simple, length: 1 };
  const digits = { x: 2, u: 4, U: 8 }[c];
  if (digits !== undefined) {
    const hex = text.slice(i + 1, i + 1 + digits);
    if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits) return undefined;
    const value = Number.parseInt(hex, 16);
    if (c === 'x') return { byte: value, length: 3 };
    const valid = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    return valid ? { point: value, length: digits + 1 } : undefined;
  }
  const octal = /^[0-7]{3}/.exec(text.slice(i, i + 3))?.[0];
  if (octal === undefined || Number.parseInt(octal, 8) > 255) return undefined;
  return { byte: Number.parseInt(octal, 8), length: 3 };
}

/** The value of what stands between the quotes; or the offset of an escape that is none. */
export function unquote(body: string, quote: string): string | { readonly badEscape: number } {
  if (quote === '`' || !body.includes('\\')) return body;
  const bytes: number[] = [];
  for (let i = 0; i < body.length;) {
    if (body[i] !== '\\') {
      const point = body.codePointAt(i)!;
      bytes.push(...Buffer.from(String.fromCodePoint(point)));
      i += point > 0xffff ? 2 : 1;
      continue;
    }
    const escape = readEscape(body, i + 1, quote);
    if (escape === undefined) return { badEscape: i };
    if (escape.byte === undefined) bytes.push(...Buffer.from(String.fromCodePoint(escape.point!)));
    else bytes.push(escape.byte);
    i += 1 + escape.length;
  }
  return decode(Buffer.from(bytes));
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

function decodeLossless(bytes: Buffer): string {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    try {
      out += strict.decode(bytes.subarray(i, i + length));
      i += length;
    } catch {
      out += String.fromCharCode(0xdc00 + first);
      i++;
    }
  }
  return out;
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether the string holds no byte that isn't UTF-8. */
export const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"',
}; // prettier-ignore

/** As Go's `%q`: double quotes, escapes for what can't be seen. Reads back as the same string. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (ESCAPES[character] !== undefined) out += ESCAPES[character];
    else if (point >= 0xdc00 && point <= 0xdcff) out += `\\x${(point - 0xdc00).toString(16).padStart(2, '0')}`;
    else if (point < 0x20 || point === 0x7f) out += `\\x${point.toString(16).padStart(2, '0')}`;
    else if (point >= 0xd800 && point <= 0xdfff) out += '\ufffd';
    else out += character;
  }
  return `${out}"`;
}
