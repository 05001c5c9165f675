import { badRequest, LimitError } from '../../platform/problem.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import type { Matcher } from '../series.ts';

export interface ReadQuery {
  /** Milliseconds, both included. */
  readonly from: number;
  readonly to: number;
  readonly matchers: readonly Matcher[];
}

export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** Whether the asker takes chunks: it takes samples in any case. */
  readonly chunked: boolean;
}

const OPS: readonly Matcher['op'][] = ['=', '!=', '=~', '!~'];
const STREAMED_XOR_CHUNKS = 1;
const MOST_QUERIES = 100;
const MOST_MATCHERS = 1000;
const LONGEST_TEXT = 65_536;

/**
 * `prometheus.ReadRequest`.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/remote.proto
 * @throws Problem 400 with the byte where it is wrong, 413 where it asks too much at once
 */
export function readRequest(bytes: Uint8Array): ReadRequest {
  try {
    return request(new ProtobufReader(bytes));
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`The body is no remote read request: ${error.message}.`);
    throw error;
  }
}

function request(reader: ProtobufReader): ReadRequest {
  const queries: ReadQuery[] = [];
  let chunked = false;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      if (queries.length === MOST_QUERIES) throw tooMany('queries', MOST_QUERIES);
      queries.push(query(reader));
    } else if (tag === 16) chunked = reader.varint() === STREAMED_XOR_CHUNKS || chunked;
    else if (tag === 18) {
      const outer = reader.enter();
      const { end } = reader;
      while (!reader.done) chunked = reader.varint() === STREAMED_XOR_CHUNKS || chunked;
      reader.leave(outer, end);
    } else reader.skip(tag);
  }
  return { queries, chunked };
}

const tooMany = (what: string, limit: number): LimitError =>
  new LimitError(413, `The request has too many ${what}.`, { limit, setting: 'smaller requests' });

function query(reader: ProtobufReader): ReadQuery {
  const outer = reader.enter();
  const { end } = reader;
  const matchers: Matcher[] = [];
  const times = { from: 0, to: 0 };
  const hints = { from: 0, to: 0 };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 8) times.from = signed(reader);
    else if (tag === 16) times.to = signed(reader);
    else if (tag === 26) {
      if (matchers.length === MOST_MATCHERS) throw tooMany('matchers', MOST_MATCHERS);
      matchers.push(matcher(reader));
    } else if (tag === 34) readHints(reader, hints);
    else reader.skip(tag);
  }
  reader.leave(outer, end);
  if (matchers.length === 0) throw badRequest('A query of the remote read request has no matchers.');
  // Hints tell what of the time is looked at, which may be less: what is left out then is not missed.
  const within = hints.from > 0 && hints.to >= hints.from;
  return { matchers, from: within ? Math.max(times.from, hints.from) : times.from, to: within ? Math.min(times.to, hints.to) : times.to };
}

/** The reader has any negative number as -1, of which only `before everything` can be meant. */
function signed(reader: ProtobufReader): number {
  const value = reader.varint();
  return value < 0 ? Number.MIN_SAFE_INTEGER : Math.min(value, Number.MAX_SAFE_INTEGER);
}

function readHints(reader: ProtobufReader, hints: { from: number; to: number }): void {
  const outer = reader.enter();
  const { end } = reader;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 24) hints.from = signed(reader);
    else if (tag === 32) hints.to = signed(reader);
    else reader.skip(tag);
  }
  reader.leave(outer, end);
}

function matcher(reader: ProtobufReader): Matcher {
  const outer = reader.enter();
  const { end } = reader;
  let type = 0;
  let name = '';
  let value = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 8) type = reader.varint();
    else if (tag === 18) name = text(reader);
    else if (tag === 26) value = text(reader);
    else reader.skip(tag);
  }
  reader.leave(outer, end);
  const op = OPS[type];
  if (op === undefined) throw badRequest(`A matcher of the remote read request has the type ${type}; types are 0 to 3.`);
  return { name, op, value };
}

function text(reader: ProtobufReader): string {
  const outer = reader.enter();
  const [from, to] = [reader.at, reader.end];
  reader.leave(outer, to);
  if (to - from > LONGEST_TEXT) throw tooMany('characters in a matcher', LONGEST_TEXT);
  const found = reader.textBetween(from, to);
  if (found === undefined) throw badRequest(`A matcher of the remote read request is not UTF-8 (byte ${from}).`);
  return found;
}
