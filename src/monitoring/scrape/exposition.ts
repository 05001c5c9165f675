/**
 * Prometheus' text exposition format 0.0.4, tolerant of OpenMetrics text (`# EOF`, `# UNIT`, exemplars).
 *
 * A target says nearly the same from scrape to scrape, in the same order. So a reader belongs to one target and
 * remembers, for each line, what its series resolved to and which line followed it: as long as the next line starts
 * with the remembered text, all that is left to read is the number. (5,000 series: about 1 ms.)
 *
 * Longer than most files: the reader's state is one thing, and splitting the loop over it would cost the speed.
 */
import type { Labels, MetricMetadata } from '../series.ts';
import { expositionError } from './exposition-error.ts';
import { isMetadata, takeMetadata } from './exposition-metadata.ts';
import { endOfSeries, isBlank, parseSeries, SeriesSyntaxError, skipBlanks } from './exposition-series.ts';
import { readValue } from './exposition-value.ts';

export { ExpositionError } from './exposition-error.ts';

export interface ExpositionHandler<E> {
  /** Called for each spelling of a series that the reader has not met: what it returns is handed to `sample`. */
  resolve(labels: Labels): E;
  /** `timestamp` in milliseconds, NaN where the line has none. Throw to stop. */
  sample(entry: E, value: number, timestamp: number): void;
}

export interface ExpositionReader {
  /**
   * Reads a whole exposition; returns the metadata that is new since the last. Throws `ExpositionError` at the first
   * line that isn't right, after the samples before it were handed out, and whatever the handler throws.
   */
  read(text: string, options?: { openMetrics?: boolean }): MetricMetadata[];
}

/** A series or a HELP, TYPE or UNIT line, and the one that followed it last time. */
interface Known<E> {
  readonly text: string;
  readonly kind: 'labelled' | 'bare' | 'comment';
  readonly entry: E | undefined;
  next: Known<E> | undefined;
  seen: number;
}

const LONGEST_SERIES = 65_536;
const LONGEST_LINE = 1_048_576;
const NEWLINE = 10;
const HASH = 35;

export function createExpositionReader<E>(handler: ExpositionHandler<E>): ExpositionReader {
  const known = new Map<string, Known<E>>();
  const first: Known<E> = { text: '', kind: 'comment', entry: undefined, next: undefined, seen: 0 };
  const metadata = new Map<string, MetricMetadata>();
  const number = { end: 0 };
  let round = 0;
  let seen = 0;
  let changed = new Set<string>();

  function read(text: string, openMetrics: boolean): MetricMetadata[] {
    round += 1;
    seen = 0;
    changed = new Set();
    try {
      readLines(text, openMetrics);
      return [...changed].map((metric) => metadata.get(metric)!);
    } finally {
      forget();
    }
  }

  function readLines(text: string, openMetrics: boolean): void {
    let previous = first;
    let pos = 0;
    while (pos < text.length) {
      const expected = previous.next;
      if (expected === undefined || !text.startsWith(expected.text, pos) || !endsThere(text, pos, expected)) {
        const found = find(text, pos);
        if (typeof found === 'number') {
          pos = found;
          continue;
        }
        previous.next = found.line;
        pos = found.at;
      }
      const line = previous.next!;
      previous = line;
      if (line.seen !== round) {
        line.seen = round;
        seen += 1;
      }
      pos += line.text.length;
      pos = line.kind === 'comment' ? pos + 1 : readSample(text, pos, line.entry as E, openMetrics);
    }
  }

  /** From after the series to the start of the next line. */
  function readSample(text: string, from: number, entry: E, openMetrics: boolean): number {
    const start = skipBlanks(text, from);
    const value = readValue(text, start, number);
    if (value === undefined) {
      throw expositionError(
        text,
        from - 1,
        start === number.end ? 'a series without a value' : `not a number: ${excerpt(text, start, number.end)}`,
      );
    }
    let timestamp = NaN;
    let at = skipBlanks(text, number.end);
    let code = text.charCodeAt(at);
    if (code !== NEWLINE && code !== HASH && code === code) {
      timestamp = readTimestamp(text, at, openMetrics);
      at = skipBlanks(text, number.end);
      code = text.charCodeAt(at);
    }
    if (code === HASH) at = lineEnd(text, at);
    else if (code !== NEWLINE && code === code)
      throw expositionError(text, at, `unexpected ${excerpt(text, at, at + 20)} after the timestamp`);
    handler.sample(entry, value, timestamp);
    return at + 1;
  }

  function readTimestamp(text: string, at: number, openMetrics: boolean): number {
    const given = readValue(text, at, number);
    const right = given !== undefined && Number.isFinite(given) && (openMetrics || Number.isSafeInteger(given));
    if (!right) throw expositionError(text, at, `not a timestamp: ${excerpt(text, at, number.end)}`);
    return openMetrics ? given * 1000 : given;
  }

  /** The line at `pos` that was not the expected one: where the next starts if there is nothing in it, else what is known of it. */
  function find(text: string, pos: number): number | { line: Known<E>; at: number } {
    const at = skipBlanks(text, pos);
    const code = text.charCodeAt(at);
    if (code === NEWLINE || code !== code) return at + 1;
    if (code === HASH) return findComment(text, at);
    const end = inLine(text, at, () => endOfSeries(text, at, LONGEST_SERIES));
    const series = text.slice(at, end);
    const old = known.get(series);
    if (old !== undefined) return { line: old, at };
    const copy = detach(series);
    const entry = handler.resolve(inLine(text, at, () => parseSeries(copy)));
    return { line: remember(copy, copy.endsWith('}') ? 'labelled' : 'bare', entry), at };
  }

  function findComment(text: string, at: number): number | { line: Known<E>; at: number } {
    const end = lineEnd(text, at);
    const comment = text.slice(at, end);
    const old = known.get(comment);
    if (old !== undefined) return { line: old, at };
    if (!isMetadata(comment)) return end + 1;
    const copy = detach(comment);
    const problem = takeMetadata(copy, metadata, changed);
    if (problem !== undefined) throw expositionError(text, at, problem);
    return { line: remember(copy, 'comment', undefined), at };
  }

  function remember(text: string, kind: Known<E>['kind'], entry: E | undefined): Known<E> {
    const line: Known<E> = { text, kind, entry, next: undefined, seen: 0 };
    known.set(text, line);
    return line;
  }

  /** A target whose series come and go must not fill the memory: forget what this reading didn't have. */
  function forget(): void {
    if (known.size <= 2 * seen + 64) return;
    for (const [text, line] of known) {
      if (line.seen !== round) known.delete(text);
      else if (line.next !== undefined && line.next.seen !== round) line.next = undefined;
    }
    if (metadata.size > known.size + 64) metadata.clear();
  }

  return { read: (text, options = {}) => read(text, options.openMetrics ?? false) };
}

/** Whether a known line that the text goes on with also ends there: `up` is not `up_total`, nor `up {a="b"}`. */
function endsThere(text: string, pos: number, line: Known<unknown>): boolean {
  const after = pos + line.text.length;
  const code = text.charCodeAt(after);
  if (line.kind === 'labelled') return true;
  if (line.kind === 'comment') return line.text !== '' && (code === NEWLINE || code !== code);
  return isBlank(code) && text.charCodeAt(skipBlanks(text, after)) !== 123;
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline === -1 ? text.length : newline;
  if (end - from > LONGEST_LINE) throw expositionError(text, from, `a line longer than ${LONGEST_LINE} characters`);
  return end;
}

/** Runs what knows positions but not lines, and gives its errors their line. */
function inLine<T>(text: string, start: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SeriesSyntaxError) throw expositionError(text, start, error.message);
    throw error;
  }
}

/** A copy of its own: a slice would keep the whole exposition in memory for as long as it lives. */
const detach = (slice: string): string => Buffer.from(slice, 'utf8').toString('utf8');

const excerpt = (text: string, from: number, to: number): string => JSON.stringify(text.slice(from, Math.min(to, from + 40)));

export interface ParsedSample {
  readonly labels: Labels;
  readonly value: number;
  readonly timestamp: number | undefined;
}

/** Reads an exposition once, without a target to remember it for. */
export function parseExposition(
  text: string,
  options: { openMetrics?: boolean } = {},
): { samples: ParsedSample[]; metadata: MetricMetadata[] } {
  const samples: ParsedSample[] = [];
  const reader = createExpositionReader<Labels>({
    resolve: (labels) => labels,
    sample: (labels, value, timestamp) => void samples.push({ labels, value, timestamp: Number.isNaN(timestamp) ? undefined : timestamp }),
  });
  const metadata = reader.read(text, options);
  return { samples, metadata };
}
