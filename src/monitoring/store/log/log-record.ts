import { crc32 } from 'node:zlib';
import type { Labels, MetricMetadata, SampleColumns } from '../../series.ts';
import type { LentBytes } from './lent-bytes.ts';

/**
 * The records of an intake log segment. Little-endian, each at a multiple of 8 bytes, so that samples are read in place:
 *
 *     u32 magic · u32 kind · u32 length of the payload · u32 CRC-32 of the twelve bytes before and the payload · payload · padding
 *
 * A samples payload is u32 count, u32 zero, times (f64), values (f64), series (u32). Histograms stand before
 * the samples that they belong to, as in histogram-record.ts. The others are JSON.
 */
export type LogRecord =
  | { readonly kind: 'samples'; readonly columns: SampleColumns }
  /** Unparsed, because the engine parses it itself: see `parseSeries`. */
  | { readonly kind: 'series'; readonly json: Buffer }
  /** Unparsed likewise: `ExemplarEntry`s. */
  | { readonly kind: 'exemplars'; readonly json: Buffer }
  | { readonly kind: 'metadata'; readonly metadata: readonly MetricMetadata[] }
  /** Unparsed: see `parseHistograms`. */
  | { readonly kind: 'histograms'; readonly payload: Buffer };

/** The value as the engine reads it: `1.5`, `nan`, `inf`, `-inf`. */
export type ExemplarEntry = readonly [id: number, time: number, value: string, labels: Labels];

/** The source is `SourceBook`'s text; there is none in records from before sources were counted. */
export type SeriesEntry = readonly [id: number, labels: Labels, source?: string];

export const MAGIC = 0x4345524e;
export const HEADER = 16;
export const KINDS = ['samples', 'series', 'metadata', 'exemplars', 'histograms'] as const;
/** Longer is not a record but damage: intake is bounded far below. */
export const LONGEST_PAYLOAD = 256 * 1024 ** 2;

function frame(kind: (typeof KINDS)[number], length: number, memory?: LentBytes): Buffer {
  const size = HEADER + Math.ceil(length / 8) * 8;
  const record = memory ? Buffer.from(memory.take(size), 0, size) : Buffer.from(new ArrayBuffer(size));
  // Lent memory has something else's bytes in it: none may get into the padding.
  record.fill(0, HEADER + length);
  record.writeUInt32LE(MAGIC, 0);
  record.writeUInt32LE(KINDS.indexOf(kind), 4);
  record.writeUInt32LE(length, 8);
  return record;
}

/** `[[id, labels], …]` of a series record. */
export const parseSeries = (json: Buffer): SeriesEntry[] => JSON.parse(json.toString('utf8')) as SeriesEntry[];

export function checksum(record: Buffer, at: number, length: number): number {
  return crc32(record.subarray(at + HEADER, at + HEADER + length), crc32(record.subarray(at, at + 12)));
}

function seal(record: Buffer, length: number): Buffer {
  record.writeUInt32LE(checksum(record, 0, length), 12);
  return record;
}

/** @param memory that the record is made in: its buffer goes back there once nobody reads the record any more */
export function encodeSamples({ ids, times, values }: SampleColumns, memory?: LentBytes): Buffer {
  const count = ids.length;
  const length = 8 + count * 20;
  const record = frame('samples', length, memory);
  record.writeUInt32LE(count, HEADER);
  record.writeUInt32LE(0, HEADER + 4);
  let at = HEADER + 8;
  for (const array of [times, values, ids]) {
    record.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return seal(record, length);
}

export const encodeSeries = (series: readonly SeriesEntry[]): Buffer => encodeJson('series', series);
export const encodeMetadata = (metadata: readonly MetricMetadata[]): Buffer => encodeJson('metadata', metadata);

export const encodeExemplars = (exemplars: readonly ExemplarEntry[]): Buffer => encodeJson('exemplars', exemplars);

/** Of what `encodeHistograms` made, with the samples' record behind it: one write, one acknowledgement. */
export function histogramsBefore(payload: Buffer, samples: Buffer): Buffer {
  const record = frame('histograms', payload.length);
  record.set(payload, HEADER);
  return Buffer.concat([seal(record, payload.length), samples]);
}

function encodeJson(kind: 'series' | 'metadata' | 'exemplars', content: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(content), 'utf8');
  const record = frame(kind, json.length);
  record.set(json, HEADER);
  return seal(record, json.length);
}

/** The samples of a record that `encodeSamples` made. */
export const samplesOf = (record: Buffer): SampleColumns => viewSamples(record, HEADER);

export function viewSamples(bytes: Buffer, start: number): SampleColumns {
  const count = bytes.readUInt32LE(start);
  const base = bytes.byteOffset + start + 8;
  return {
    times: new Float64Array(bytes.buffer, base, count),
    values: new Float64Array(bytes.buffer, base + count * 8, count),
    ids: new Uint32Array(bytes.buffer, base + count * 16, count),
  };
}
