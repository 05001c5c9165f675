/** Functions of Go's text/template (funcs.go). `and` and `or` are the interpreter's: they look at no more arguments than they need. */
import { sprintf } from './format.ts';
import { TemplateError } from './template-error.ts';
import { AnyMap, isList, printValue, StringMap, truth, typeOf, type Value } from './values.ts';

/** What an argument must be: as in Go a constant is made to fit, a value is not. */
export type Kind = 'any' | 'string' | 'float' | 'list' | 'sample';

export interface TemplateFunction {
  readonly takes: readonly Kind[];
  /** What further arguments are. */
  readonly more?: Kind;
  run(...args: readonly Value[]): Value;
}

const BAD_KINDS = 'incompatible types for comparison';
const BAD_TYPE = 'invalid type for comparison';

const comparable = (value: Value): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? typeof value
    : undefined;

function equal(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  const [one, other] = [comparable(a), comparable(b)];
  if (one === undefined || other === undefined) throw new TemplateError(`non-comparable type ${printValue(a)}: ${typeOf(a)}`);
  if (one !== other) throw new TemplateError(BAD_KINDS);
  return a === b;
}

function less(a: Value, b: Value): boolean {
  const [one, other] = [comparable(a), comparable(b)];
  if (one === undefined || other === undefined) throw new TemplateError(BAD_TYPE);
  if (one !== other) throw new TemplateError(BAD_KINDS);
  if (one === 'boolean') throw new TemplateError(BAD_TYPE);
  return (a as string) < (b as string);
}

const lengthOf = (value: Value): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof StringMap) return Object.keys(value.entries).length;
  if (value instanceof AnyMap) return value.entries.size;
  if (isList(value)) return value.length;
  throw new TemplateError(value === null ? 'len of nil pointer' : `len of type ${typeOf(value)}`);
};

function position(index: Value, length: number, past = 0): number {
  if (typeof index !== 'bigint') throw new TemplateError(`cannot index slice/array with type ${typeOf(index)}`);
  if (index < 0n || index >= BigInt(length + past)) throw new TemplateError(`index out of range: ${index}`);
  return Number(index);
}

function index(value: Value, ...at: Value[]): Value {
  let found = value;
  for (const key of at) {
    if (found instanceof StringMap || found instanceof AnyMap) {
      if (typeof key !== 'string') throw new TemplateError(`value has type ${typeOf(key)}; should be string`);
      if (found instanceof AnyMap) found = found.entries.get(key) ?? null;
      else found = Object.hasOwn(found.entries, key) ? found.entries[key]! : '';
    } else if (isList(found)) found = found[position(key, found.length)]!;
    else if (typeof found === 'string') found = BigInt(Buffer.from(found)[position(key, lengthOf(found))]!);
    else throw new TemplateError(found === null ? 'index of untyped nil' : `can't index item of type ${typeOf(found)}`);
  }
  return found;
}

function slice(value: Value, ...at: Value[]): Value {
  if (at.length > 2) throw new TemplateError(typeof value === 'string' ? 'cannot 3-index slice a string' : `too many slice indexes: ${at.length}`);
  if (typeof value !== 'string' && !isList(value)) throw new TemplateError(value === null ? 'slice of untyped nil' : `can't slice item of type ${typeOf(value)}`); // prettier-ignore
  const length = lengthOf(value);
  const [from = 0, to = length] = at.map((one) => position(one, length, 1));
  if (from > to) throw new TemplateError(`invalid slice index: ${from} > ${to}`);
  return typeof value === 'string' ? Buffer.from(value).subarray(from, to).toString() : value.slice(from, to);
} // prettier-ignore

/** As Go's Sprint: a space between two arguments where neither is a string. */
const print = (...args: readonly Value[]): string =>
  args
    .map((arg, i) => {
      const space = i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string';
      return (space ? ' ' : '') + (arg === null ? '<nil>' : printValue(arg));
    })
    .join('');

const joined = (args: readonly Value[]): string => (args.length === 1 && typeof args[0] === 'string' ? args[0] : print(...args));

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\uFFFD' };
export const escapeHtml = (text: string): string => text.replaceAll(/["'&<>\0]/g, (c) => HTML[c]!);

const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"' };
const hex = (c: string): string => c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
const escapeJs = (text: string): string => text.replaceAll(/[\\'"<>&=\p{Cc}\u2028\u2029]/gu, (c) => JS[c] ?? `\\u${hex(c)}`);

/** Go's url.QueryEscape. */
export const escapeQuery = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const c = String.fromCharCode(byte);
    return /[\w.~-]/.test(c) ? c : byte === 32 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

const on = (takes: readonly Kind[], run: (...args: never[]) => Value, more?: Kind): TemplateFunction => ({
  takes,
  ...(more !== undefined && { more }),
  run: run,
});
export { on as templateFunction };

export const GO_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  eq: on(['any'], (first: Value, ...others: Value[]) => {
    if (others.length === 0) throw new TemplateError('missing argument for comparison');
    return others.some((other) => equal(first, other));
  }, 'any'),
  ne: on(['any', 'any'], (a: Value, b: Value) => !equal(a, b)),
  lt: on(['any', 'any'], less),
  le: on(['any', 'any'], (a: Value, b: Value) => less(a, b) || equal(a, b)),
  gt: on(['any', 'any'], (a: Value, b: Value) => !less(a, b) && !equal(a, b) && (a === a && b === b)),
  ge: on(['any', 'any'], (a: Value, b: Value) => !less(a, b) && (a === a && b === b)),
  not: on(['any'], (value: Value) => !truth(value)),
  len: on(['any'], (value: Value) => BigInt(lengthOf(value))),
  index: on(['any'], index, 'any'),
  slice: on(['any'], slice, 'any'),
  print: on([], print, 'any'),
  println: on([], (...args: Value[]) => `${args.map((arg) => (arg === null ? '<nil>' : printValue(arg))).join(' ')}\n`, 'any'),
  printf: on(['string'], (format: string, ...args: Value[]) => sprintf(format, args), 'any'),
  html: on([], (...args: Value[]) => escapeHtml(joined(args)), 'any'),
  js: on([], (...args: Value[]) => escapeJs(joined(args)), 'any'),
  urlquery: on([], (...args: Value[]) => escapeQuery(joined(args)), 'any'),
  call: on(['any'], (value: Value) => {
    throw new TemplateError(value === null ? 'call of nil' : `non-function of type ${typeOf(value)}`);
  }, 'any'),
}; // prettier-ignore
