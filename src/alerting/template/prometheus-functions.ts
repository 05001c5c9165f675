/** What Prometheus adds to Go's functions (template/template.go). Those that need the evaluation are in run.ts. */
import { expandTemplate, searchRe2 } from '../../monitoring/index.ts';
import { tryParseDuration } from '../../platform/duration.ts';
import { escapeQuery, templateFunction as on, type TemplateFunction } from './functions.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp, timeOf } from './humanize.ts';
import { TemplateError } from './template-error.ts';
import { AnyMap, Duration, typeOf, type Sample, type Value } from './values.ts';

function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Duration) return Number(value.nanos) / 1e9;
  if (typeof value !== 'string') throw new TemplateError(`can't convert ${typeOf(value)} to float`);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(value);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(value)) return Number.NaN;
  if (/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return Number(value.replaceAll('_', ''));
  throw new TemplateError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
}

const onNumber = (run: (value: number) => Value): TemplateFunction => on(['any'], (value: Value) => run(numberOf(value)));
const onText = (run: (text: string) => string): TemplateFunction => on(['string'], run);

function pattern(source: string, before = ''): RegExp {
  try {
    const found = searchRe2(source);
    found.lastIndex = 0;
    return found;
  } catch (error) {
    throw new TemplateError(before + (error instanceof Error ? error.message : String(error)));
  }
}

/** Go's ReplaceAllString: nothing is found right behind what was found. */
function replaceAll(source: string, replacement: string, text: string): string {
  const regex = pattern(source, `regexp: Compile(\`${source}\`): `);
  let out = '';
  let from = 0;
  let end = -1;
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    const after = match.index + match[0].length;
    if (match[0] !== '' || match.index !== end) {
      out += text.slice(from, match.index) + expandTemplate(replacement, match);
      if (out.length > 1_000_000) throw new TemplateError('the result is longer than 1000000 characters');
      from = after;
    }
    end = after;
    if (match[0] === '') regex.lastIndex += (text.codePointAt(after) ?? 0) > 0xffff ? 2 : 1;
  }
  regex.lastIndex = 0;
  return out + text.slice(from);
}

/** Go's net.SplitHostPort; undefined where that has an error. */
function splitHostPort(text: string): { host: string; port: string } | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(text) ?? /^([^:[\]]*):([^:[\]]*)$/.exec(text);
  return bracketed === null ? undefined : { host: bracketed[1]!, port: bracketed[2]! };
}

const isAddress = (host: string): boolean =>
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(host) || (host.includes(':') && /^[\da-fA-F:.]+$/.test(host));

function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' };
  if (isAddress(host)) return text;
  const name = host.split('.')[0]!;
  return port === '' ? name : `${name}:${port}`;
}

const WORD = /(^|[^\p{L}\p{N}_'’])(\p{L})/gu;

/** A duration as seconds, of a text in Prometheus' syntax. */
function parseDuration(text: string): number {
  const ms = tryParseDuration(text);
  if (ms === undefined) throw new TemplateError(text === '' ? 'empty duration string' : `not a valid duration string: ${JSON.stringify(text)}`);
  return ms / 1000;
} // prettier-ignore

const byLabel = (label: string) => (a: Sample, b: Sample) => {
  const [one, other] = [a.labels[label] ?? '', b.labels[label] ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
};

export const PROMETHEUS_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  first: on(['list'], (list: readonly Sample[]) => {
    if (list.length === 0) throw new TemplateError('first() called on vector with no elements');
    return list[0]!;
  }),
  label: on(['string', 'sample'], (name: string, sample: Sample) => sample.labels[name] ?? ''),
  value: on(['sample'], (sample: Sample) => sample.value),
  strvalue: on(['sample'], (sample: Sample) => sample.labels.__value__ ?? ''),
  sortByLabel: on(['string', 'list'], (label: string, list: readonly Sample[]) => list.toSorted(byLabel(label))),
  args: on([], (...args: Value[]) => new AnyMap(new Map(args.map((arg, i) => [`arg${i}`, arg]))), 'any'),
  reReplaceAll: on(['string', 'string', 'string'], replaceAll),
  match: on(['string', 'string'], (source: string, text: string) => {
    const regex = pattern(source);
    const found = regex.test(text);
    regex.lastIndex = 0;
    return found;
  }),
  safeHtml: onText((text) => text),
  title: onText((text) => text.replaceAll(WORD, (_, before: string, letter: string) => before + letter.toUpperCase())),
  toUpper: onText((text) => text.toUpperCase()),
  toLower: onText((text) => text.toLowerCase()),
  graphLink: onText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=0`),
  tableLink: onText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`),
  stripPort: onText((text) => splitHostPort(text)?.host ?? text),
  stripDomain: onText(stripDomain),
  urlQueryEscape: onText(escapeQuery),
  humanize: onNumber(humanize),
  humanize1024: onNumber(humanize1024),
  humanizeDuration: onNumber(humanizeDuration),
  humanizePercentage: onNumber(humanizePercentage),
  humanizeTimestamp: onNumber(humanizeTimestamp),
  toTime: onNumber(timeOf),
  toDuration: onNumber((seconds) => {
    if (!Number.isFinite(seconds) || Math.abs(seconds) >= 2 ** 63 / 1e9) throw new TemplateError(`${seconds} cannot be represented as a duration`);
    return new Duration(BigInt(Math.trunc(seconds * 1e9)));
  }),
  parseDuration: on(['string'], parseDuration),
}; // prettier-ignore
