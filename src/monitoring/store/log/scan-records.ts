import type { MetricMetadata } from '../../series.ts';
import { checksum, HEADER, KINDS, LONGEST_PAYLOAD, MAGIC, viewSamples, type LogRecord } from './log-record.ts';

/**
 * What can be wrong with a place in a segment:
 *
 * - `header`: no record begins where one should
 * - `length`: the record says that it ends where nothing does
 * - `checksum`: its bytes aren't those that were written
 * - `flag`: it is of a kind that there is not
 * - `content`: its bytes are as they were written, and make no sense
 * - `order`: a record that stands there a second time
 * - `unreadable`: the file can't be read
 * - `empty`: there is nothing in the file, and there are segments after it
 * - `missing`: there is no file, and there are segments before and after it
 */
export type DamageKind = 'header' | 'length' | 'checksum' | 'flag' | 'content' | 'order' | 'unreadable' | 'empty' | 'missing';

interface Damage {
  readonly kind: DamageKind;
  /** Where in the segment, in bytes. */
  readonly at: number;
  readonly bytes: number;
}

export interface Scan {
  readonly records: readonly LogRecord[];
  /** Places that no record could be read from, with good records after them or whole ones in them. Disks and memory do that. */
  readonly damage: readonly Damage[];
  /** The bytes of all of `damage` but what stands there a second time: that is lost. */
  readonly damagedBytes: number;
  /** Bytes after the last good record: what a crash in the middle of a write leaves. Never acknowledged. */
  readonly tornBytes: number;
}

const MAGIC_BYTES = Buffer.from(Uint32Array.of(MAGIC).buffer);
/** The next record is looked for at every place that may be one, but a segment made to look like many isn't summed for ever. */
const MOST_SUMMED = 16;

const sizeOf = (length: number): number => HEADER + Math.ceil(length / 8) * 8;

/** Reads what can be read. `bytes` must start at a multiple of 8 in its buffer; samples are views into it. */
export function scanRecords(bytes: Buffer): Scan {
  const records: LogRecord[] = [];
  const damage: Damage[] = [];
  const seen = new Map<number, number>();
  let budget = bytes.length * MOST_SUMMED + 1024;
  let bad: { readonly kind: DamageKind; readonly at: number } | undefined;
  let at = 0;
  while (at < bytes.length) {
    const wrong = frameProblem(bytes, at);
    const length = at + HEADER <= bytes.length ? bytes.readUInt32LE(at + 8) : 0;
    if (wrong === 'checksum' || wrong === undefined) budget -= length;
    if (wrong !== undefined) {
      bad ??= { kind: wrong, at };
      const next = budget > 0 ? bytes.indexOf(MAGIC_BYTES, at + 1) : -1;
      if (next < 0) break;
      at = next;
      continue;
    }
    if (bad) damage.push({ ...bad, bytes: at - bad.at });
    bad = undefined;
    const record = decode(bytes, at, length);
    const sum = bytes.readUInt32LE(at + 12);
    if (typeof record === 'string') damage.push({ kind: record, at, bytes: sizeOf(length) });
    else if (isSame(bytes, seen.get(sum), at, length)) damage.push({ kind: 'order', at, bytes: sizeOf(length) });
    else {
      seen.set(sum, at);
      records.push(record);
    }
    at += sizeOf(length);
  }
  // A write that was never finished begins as a record does, or with what the disk had not written yet.
  const foreign = bad?.kind === 'header' && !isUnwritten(bytes, bad.at);
  if (bad && foreign) damage.push({ ...bad, bytes: bytes.length - bad.at });
  const damagedBytes = damage.reduce((sum, one) => (one.kind === 'order' ? sum : sum + one.bytes), 0);
  return { records, damage, damagedBytes, tornBytes: bad && !foreign ? bytes.length - bad.at : 0 };
}

/** Whether the first bytes of a record, as many as there are, are those of one, or zeros. */
function isUnwritten(bytes: Buffer, at: number): boolean {
  const start = bytes.subarray(at, at + 4);
  return start.equals(MAGIC_BYTES.subarray(0, start.length)) || start.every((byte) => byte === 0);
}

/** What is wrong with the record that should begin at `at`, its content aside. */
function frameProblem(bytes: Buffer, at: number): DamageKind | undefined {
  if (at + HEADER > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return 'header';
  const length = bytes.readUInt32LE(at + 8);
  if (length > LONGEST_PAYLOAD || at + HEADER + length > bytes.length) return 'length';
  if (checksum(bytes, at, length) === bytes.readUInt32LE(at + 12)) return undefined;
  const end = at + sizeOf(length);
  if (end < bytes.length && (end + 4 > bytes.length || bytes.readUInt32LE(end) !== MAGIC)) return 'length';
  return bytes.readUInt32LE(at + 4) < KINDS.length ? 'checksum' : 'flag';
}

function isSame(bytes: Buffer, before: number | undefined, at: number, length: number): boolean {
  return before !== undefined && bytes.compare(bytes, before, before + HEADER + length, at, at + HEADER + length) === 0;
}

/** The record at `at`, whose checksum is right, or what is wrong with it. */
function decode(bytes: Buffer, at: number, length: number): LogRecord | 'flag' | 'content' {
  const kind = KINDS[bytes.readUInt32LE(at + 4)];
  const start = at + HEADER;
  if (kind === undefined) return 'flag';
  if (kind === 'samples') {
    if (length < 8 || 8 + bytes.readUInt32LE(start) * 20 !== length) return 'content';
    if ((bytes.byteOffset + at) % 8 === 0) return { kind, columns: viewSamples(bytes, start) };
    // After bytes that were lost the others don't stand at multiples of 8 any more.
    const payload = Buffer.from(new ArrayBuffer(length));
    bytes.copy(payload, 0, start, start + length);
    return { kind, columns: viewSamples(payload, 0) };
  }
  const json = bytes.subarray(start, start + length);
  try {
    if (kind === 'histograms') return { kind, payload: json };
    const content = JSON.parse(json.toString('utf8')) as unknown;
    if (!Array.isArray(content)) return 'content';
    return kind === 'metadata' ? { kind, metadata: content as MetricMetadata[] } : { kind, json };
  } catch {
    return 'content';
  }
}
