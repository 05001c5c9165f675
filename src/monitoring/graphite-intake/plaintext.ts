import { parseNumber } from '../intakes/index.ts';
import type { PathSamples } from './path-samples.ts';

const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;

const blank = (byte: number): boolean => byte === SPACE || byte === TAB || byte === RETURN;

/**
 * Reads lines of carbon's plaintext protocol: a path, a value and a time in seconds, apart by blanks. The last line may lack its
 * newline. Lines that are wrong are told to `samples` and skipped.
 * Source: https://graphite.readthedocs.io/en/latest/feeding-carbon.html
 */
export function readPlaintext(bytes: Uint8Array, samples: PathSamples): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    let end = bytes.indexOf(NEWLINE, at);
    if (end < 0) end = bytes.length;
    readLine(bytes, view, at, end, samples);
    at = end + 1;
  }
}

function readLine(bytes: Uint8Array, view: DataView, from: number, to: number, samples: PathSamples): void {
  let end = to;
  while (end > from && blank(bytes[end - 1] as number)) end--;
  const path = skip(bytes, from, end);
  if (path === end) return;
  const pathEnd = word(bytes, path, end);
  const value = skip(bytes, pathEnd, end);
  const valueEnd = word(bytes, value, end);
  const time = skip(bytes, valueEnd, end);
  const timeEnd = word(bytes, time, end);
  const line = (): string => Buffer.from(bytes.buffer, bytes.byteOffset + path, Math.min(end - path, 400)).toString('utf8');
  if (time === end || timeEnd !== end)
    return samples.refuse('bad-line', "a line is 'path value time', three words, such as 'servers.web1.load 0.5 1767225600'", line());
  const number = parseNumber(bytes, value, valueEnd);
  if (Number.isNaN(number)) return samples.refuseValue(textOf(bytes, value, valueEnd), line());
  const seconds = timeOf(bytes, time, timeEnd);
  if (Number.isNaN(seconds))
    return samples.refuse('bad-time', 'the time is not a number of seconds since 1970, nor -1 or N for now', line());
  samples.addBytes(view, path, pathEnd, number, seconds);
}

/** Seconds; -1 for now. */
function timeOf(bytes: Uint8Array, from: number, to: number): number {
  return to - from === 1 && bytes[from] === 78 ? -1 : parseNumber(bytes, from, to);
}

function skip(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && blank(bytes[i] as number)) i++;
  return i;
}

function word(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && !blank(bytes[i] as number)) i++;
  return i;
}

const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to - from, 100)).toString('utf8');
