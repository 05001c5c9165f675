/** The parts of an OpenMetrics sample line, which takes exactly one space where the text format takes any blanks. */
import type { Labels } from '../series.ts';
import { expositionError } from './exposition-error.ts';
import { endOfSeries, parseSeries, SeriesSyntaxError } from './exposition-series.ts';
import { readValue } from './exposition-value.ts';

const LONGEST_SERIES = 65_536;
const LONGEST_EXEMPLAR = 128;
const NEWLINE = 10;
const SPACE = 32;
const COMMA = 44;

export interface OpenMetricsExemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch, NaN where it has none. */
  readonly time: number;
}

/** What follows the series on its line; reused from line to line. */
export interface SampleRest {
  value: number;
  /** Milliseconds since the epoch, NaN where it has none. */
  time: number;
  exemplar: OpenMetricsExemplar | undefined;
  /** The start of the next line. */
  end: number;
}

const number = { end: 0 };

/** Reads from after the series to the end of the line. */
export function readRest(text: string, from: number, rest: SampleRest): void {
  rest.value = numberAfterSpace(text, from, 'a value');
  rest.time = NaN;
  rest.exemplar = undefined;
  let at = number.end;
  if (text.charCodeAt(at) === SPACE && text.charCodeAt(at + 1) !== 35) {
    rest.time = timeAfterSpace(text, at);
    at = number.end;
  }
  if (text.charCodeAt(at) === SPACE) {
    rest.exemplar = readExemplar(text, at);
    at = number.end;
  }
  if (text.charCodeAt(at) !== NEWLINE) throw expositionError(text, at, 'expected the end of the line');
  rest.end = at + 1;
}

function numberAfterSpace(text: string, at: number, what: string): number {
  const value = text.charCodeAt(at) === SPACE ? readValue(text, at + 1, number) : undefined;
  if (value === undefined) throw expositionError(text, at, `expected one space and ${what}`);
  return value;
}

/** Seconds, with a fraction, as milliseconds. */
function timeAfterSpace(text: string, at: number): number {
  const seconds = numberAfterSpace(text, at, 'a timestamp');
  const time = Math.round(seconds * 1000);
  if (!Number.isSafeInteger(time)) throw expositionError(text, at, 'expected a timestamp in seconds');
  return time;
}

/** ` # {labels} value[ timestamp]` */
function readExemplar(text: string, at: number): OpenMetricsExemplar {
  if (!text.startsWith(' # {', at)) throw expositionError(text, at, "expected an exemplar ' # {…} value'");
  const { labels, end } = readSeries(text, at + 3, 'exemplar');
  let length = 0;
  for (const [name, value] of Object.entries(labels)) length += codePoints(name) + codePoints(value);
  if (length > LONGEST_EXEMPLAR) {
    throw expositionError(text, at, `the labels of an exemplar have ${length} characters, more than ${LONGEST_EXEMPLAR}`);
  }
  const value = numberAfterSpace(text, end, "the exemplar's value");
  const time = text.charCodeAt(number.end) === SPACE ? timeAfterSpace(text, number.end) : NaN;
  return { labels, value, time };
}

/** Characters as Unicode counts them. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The labels at `at`, and the position after them. */
export function readSeries(text: string, at: number, kind: 'series' | 'exemplar' = 'series'): { labels: Labels; end: number } {
  try {
    const end = endOfSeries(text, at, LONGEST_SERIES);
    const series = Buffer.from(text.slice(at, end), 'utf8').toString('utf8');
    refuseLoose(series);
    if (kind === 'series') return { labels: parseSeries(series), end };
    const { __name__: _, ...labels } = parseSeries(`exemplar${series}`);
    return { labels, end };
  } catch (error) {
    if (error instanceof SeriesSyntaxError) throw expositionError(text, at, error.message);
    throw error;
  }
}

/** Blanks between the parts, and a comma without a label after it, are the text format's. */
function refuseLoose(series: string): void {
  let quoted = false;
  for (let at = 0; at < series.length; at += 1) {
    const code = series.charCodeAt(at);
    if (code === 34) quoted = !quoted;
    else if (quoted) at += code === 92 ? 1 : 0;
    else if (code === SPACE || code === 9) throw new SeriesSyntaxError(at, 'a blank within the labels');
    else if (code === COMMA && series.charCodeAt(at + 1) === 125) throw new SeriesSyntaxError(at, "expected a label after ','");
  }
}
