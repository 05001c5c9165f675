import type { Path } from './place.ts';

/** `members[1]`: how a message names what is at `path`, by its last key. */
export function nameOf(path: Path): string {
  const from = path.findLastIndex((step) => typeof step === 'string');
  if (from === -1) return path.length === 0 ? 'this document' : `item ${Number(path[0]) + 1}`;
  return `'${path[from]}${path.slice(from + 1).map((index) => `[${index}]`).join('')}'`; // prettier-ignore
}

/** What a value is, in words: `the number 5`, `a list`, `empty`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}

export const quote = (text: string): string => `'${text.length > 60 ? `${text.slice(0, 57)}…` : text}'`;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', tuple: 'a list',
  object: 'a mapping of keys to values', record: 'a mapping of keys to values', null: 'empty', date: 'a date', nan: 'a number',
}; // prettier-ignore

export const describeType = (type: string): string => TYPES[type] ?? type;

/** How to write what was likely meant, where a value of one type stands for another. */
export function typeHint(expected: string, value: unknown): string | undefined {
  const isNumeric = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  if ((expected === 'number' || expected === 'int') && isNumeric) return `write ${Number(value)} without quotes`;
  if (expected === 'boolean' && typeof value === 'string') {
    if (/^(true|yes|on)$/i.test(value)) return 'write true without quotes';
    if (/^(false|no|off)$/i.test(value)) return 'write false without quotes';
  }
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `put it in quotes: '${value}'`;
  if (expected === 'array' && ['string', 'number', 'boolean'].includes(typeof value)) return `write a list: [${String(value)}]`;
  if (expected === 'array' && typeof value === 'object' && value !== null) return "begin each item with '- '";
  if (expected === 'string' && Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return `write ${value[0]} without brackets`;
  return undefined;
} // prettier-ignore

/** `a, b, c and 12 more`. */
export function listSome(items: readonly string[], most = 8): string {
  if (items.length <= most + 1) return items.join(', ');
  return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "an e-mail address, such as 'ana@example.com'", url: "an address, such as 'https://example.com/page'",
  datetime: "a date and time, such as '2026-03-01T09:00:00Z'", date: "a date, such as '2026-03-01'", time: "a time, such as '09:00'",
  ipv4: 'an IPv4 address', ipv6: 'an IPv6 address', uuid: 'a UUID', json_string: 'JSON',
}; // prettier-ignore

export const describeFormat = (format: string): string | undefined => FORMATS[format];
