import { tryParseDuration } from '../platform/duration.ts';
import * as values from './template-values.ts';
import type { TemplateValue } from './template-values.ts';

/** Something in a template that can't be worked out. */
export class TemplateError extends Error {}

type TemplateFunction = (...args: TemplateValue[]) => TemplateValue;

export function numberOf(value: TemplateValue | undefined): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  const parsed = /^[+-]?inf$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text === '' ? 'x' : text);
  if (Number.isNaN(parsed) && text.toLowerCase() !== 'nan') throw new TemplateError(`${JSON.stringify(text)} is not a number`);
  return parsed;
}

const textOf = (value: TemplateValue | undefined): string => (value === undefined ? '' : values.printValue(value));
const onNumber =
  (run: (value: number) => string): TemplateFunction =>
  (value) =>
    run(numberOf(value));
const onText =
  (run: (text: string) => string): TemplateFunction =>
  (value) =>
    run(textOf(value));

/** As Go's templates have it: false, 0, and the empty string and map are not true. */
export const truth = (value: TemplateValue): boolean =>
  typeof value === 'object' ? Object.keys(value).length > 0 : value !== false && value !== 0 && value !== '';

function pattern(source: string, flags = ''): RegExp {
  try {
    return new RegExp(source, `u${flags}`);
  } catch (error) {
    throw new TemplateError(error instanceof Error ? error.message : String(error));
  }
}

const compare = (run: (a: number | string, b: number | string) => boolean): TemplateFunction => {
  return (a, b) => {
    if (typeof a === 'number' || typeof b === 'number') return run(numberOf(a), numberOf(b));
    return run(textOf(a), textOf(b));
  };
};

const equal = compare((a, b) => a === b);

/** The functions that nines knows, as Prometheus' templates have them. The piped value is the last argument. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['humanize', onNumber(values.humanize)],
  ['humanize1024', onNumber(values.humanize1024)],
  ['humanizeDuration', onNumber(values.humanizeDuration)],
  ['humanizePercentage', onNumber(values.humanizePercentage)],
  ['humanizeTimestamp', onNumber(values.humanizeTimestamp)],
  ['toUpper', onText((text) => text.toUpperCase())],
  ['toLower', onText((text) => text.toLowerCase())],
  ['title', onText((text) => text.replaceAll(/(^|\s)(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()))],
  ['stripPort', onText((text) => text.replace(/^\[(.*)\]:\d+$/, '$1').replace(/^([^:]*):\d+$/, '$1'))],
  ['stripDomain', onText((text) => (/^[\d.]+(:\d+)?$/.test(text) ? text : text.replace(/^([^.:]+)[^:]*(:\d+)?$/, '$1$2')))],
  ['reReplaceAll', (source, replacement, text) => textOf(text).replaceAll(pattern(textOf(source), 'g'), goReplacement(textOf(replacement)))],
  ['match', (source, text) => pattern(textOf(source)).test(textOf(text))],
  ['parseDuration', (text) => {
    const ms = tryParseDuration(textOf(text));
    if (ms === undefined) throw new TemplateError(`${JSON.stringify(textOf(text))} is not a duration`);
    return ms / 1000;
  }],
  ['printf', (format, ...args) => values.printf(textOf(format), args)],
  ['print', (...args) => args.map(textOf).join('')],
  ['len', (value) => (typeof value === 'object' ? Object.keys(value).length : textOf(value).length)],
  ['index', (map, key) => (typeof map === 'object' ? (map[textOf(key)] ?? '') : '')],
  ['eq', (first, ...others) => first !== undefined && others.some((other) => equal(first, other) === true)],
  ['ne', compare((a, b) => a !== b)],
  ['lt', compare((a, b) => a < b)],
  ['le', compare((a, b) => a <= b)],
  ['gt', compare((a, b) => a > b)],
  ['ge', compare((a, b) => a >= b)],
  ['and', (...args) => args.find((value) => !truth(value)) ?? args.at(-1) ?? ''],
  ['or', (...args) => args.find(truth) ?? args.at(-1) ?? ''],
  ['not', (value) => !truth(value ?? '')],
]); // prettier-ignore

/** Go writes groups as `$1` and `${1}`, and so does JavaScript as `$1`. */
const goReplacement = (text: string): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`));
