/**
 * The series part of an exposition line: `name`, `name{a="b"}`, `{"a UTF-8 name",a="b"}`.
 * Grammar: https://prometheus.io/docs/instrumenting/exposition_formats/ and Prometheus' own promlex.l.
 */

/** What is wrong, and where in the given text; the caller adds the line. */
export class SeriesSyntaxError extends Error {
  readonly at: number;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const COMMA = 44;
const EQUAL = 61;

export const isBlank = (code: number): boolean => code === 32 || code === 9;
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export function skipBlanks(text: string, pos: number): number {
  let at = pos;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The position after the metric name at `pos`, which is `pos` where there is none. */
export function endOfName(text: string, pos: number): number {
  let at = pos;
  for (let code = text.charCodeAt(at); isLetter(code) || code === 58 || (at > pos && isDigit(code));) code = text.charCodeAt(++at);
  return at;
}

/** The position after the series at `pos`. Looks only for its end: `parseSeries` says whether it is right. */
export function endOfSeries(text: string, pos: number, longest: number): number {
  const name = endOfName(text, pos);
  const brace = skipBlanks(text, name);
  if (text.charCodeAt(brace) !== OPEN) {
    if (name === pos) throw new SeriesSyntaxError(pos, 'expected a metric name');
    return name;
  }
  for (let at = brace + 1; at < text.length; at += 1) {
    if (at - pos > longest) throw new SeriesSyntaxError(pos, `a series longer than ${longest} characters`);
    const code = text.charCodeAt(at);
    if (code === CLOSE) return at + 1;
    if (code === QUOTE) at = endOfString(text, at, pos + longest) - 1;
    else if (code === 10) break;
  }
  throw new SeriesSyntaxError(pos, "labels without their closing '}'");
}

function endOfString(text: string, open: number, limit: number): number {
  for (let at = open + 1; at < text.length && at <= limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  throw new SeriesSyntaxError(open, 'a quote that is not closed');
}

/** The labels of a whole series text, `__name__` among them. Empty label values are kept. */
export function parseSeries(series: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const nameEnd = endOfName(series, 0);
  if (nameEnd > 0) labels.__name__ = series.slice(0, nameEnd);
  let at = skipBlanks(series, nameEnd);
  if (at < series.length) at = parseLabels(series, at + 1, labels);
  if (!labels.__name__) throw new SeriesSyntaxError(0, 'a series without a metric name');
  return labels;
}

/** From after the brace to after the closing one. */
function parseLabels(series: string, from: number, labels: Record<string, string>): number {
  let at = skipBlanks(series, from);
  while (series.charCodeAt(at) !== CLOSE) {
    at = skipBlanks(series, parseLabel(series, at, labels));
    if (series.charCodeAt(at) === COMMA) at = skipBlanks(series, at + 1);
    else if (series.charCodeAt(at) !== CLOSE) throw new SeriesSyntaxError(at, "expected ',' or '}' after a label");
  }
  return at + 1;
}

/** One `name="value"`, or the quoted metric name; returns the position after it. */
function parseLabel(series: string, from: number, labels: Record<string, string>): number {
  const quoted = series.charCodeAt(from) === QUOTE;
  let at = quoted ? endOfString(series, from, series.length) : endOfName(series, from);
  const name = quoted ? unescape(series.slice(from + 1, at - 1)) : series.slice(from, at);
  if (name === '' || (!quoted && name.includes(':'))) throw new SeriesSyntaxError(from, 'expected a label name');
  at = skipBlanks(series, at);
  if (series.charCodeAt(at) !== EQUAL) {
    if (!quoted) throw new SeriesSyntaxError(at, `expected '=' after the label name '${name}'`);
    setLabel(labels, '__name__', name, from);
    return at;
  }
  at = skipBlanks(series, at + 1);
  if (series.charCodeAt(at) !== QUOTE) throw new SeriesSyntaxError(at, `expected a quoted value for the label '${name}'`);
  const end = endOfString(series, at, series.length);
  setLabel(labels, name, unescape(series.slice(at + 1, end - 1)), from);
  return end;
}

function setLabel(labels: Record<string, string>, name: string, value: string, at: number): void {
  // An object can't hold a label of this name; no one means it well.
  if (name === '__proto__') throw new SeriesSyntaxError(at, "the label name '__proto__' is not supported");
  if (Object.hasOwn(labels, name)) throw new SeriesSyntaxError(at, `the label '${name}' is given twice`);
  labels[name] = value;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Other escapes than `\\`, `\"` and `\n` stay as they are, as in Prometheus. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\[\\"n]/g, (escape) => ESCAPES[escape]!) : text;
}
