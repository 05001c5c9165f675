import type { Block, Column, ColumnData, ColumnType } from './columns.ts';

/**
 * ClickHouse's `Native` format: blocks of [columns: varint][rows: varint] and for each column its name, its type and its values as
 * the engine holds them in memory. So a typed array goes in and out by one copy, with no work for each row.
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */

const WIDTH: Readonly<Record<Exclude<ColumnType, 'String'>, number>> = { UInt8: 1, UInt32: 4, UInt64: 8, Int64: 8, Float64: 8 };

function varint(n: number): Buffer {
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  bytes.push(n);
  return Buffer.from(bytes);
}

function text(value: string): Buffer[] {
  const bytes = Buffer.from(value, 'utf8');
  return [varint(bytes.length), bytes];
}

/** Texts one after the other, each after its length: into one buffer, for there may be a hundred thousand of them. */
function joinTexts(texts: readonly (string | Buffer)[]): Buffer {
  let size = 0;
  for (const one of texts) size += 5 + Buffer.byteLength(one);
  const joined = Buffer.allocUnsafe(size);
  let at = 0;
  for (const one of texts) {
    const length = Buffer.byteLength(one);
    for (let rest = length; ; rest >>>= 7) {
      joined[at++] = rest > 127 ? (rest & 127) | 128 : rest;
      if (rest <= 127) break;
    }
    if (typeof one === 'string') joined.write(one, at, 'utf8');
    else one.copy(joined, at);
    at += length;
  }
  return joined.subarray(0, at);
}

/** The pieces of one block, to be written one after the other. Columns are of one length. */
export function encodeBlock(columns: readonly Column[]): Buffer[] {
  const rows = columns[0]?.data.length ?? 0;
  const pieces = [varint(columns.length), varint(rows)];
  for (const { name, type, data } of columns) {
    if (data.length !== rows) throw new RangeError(`Column '${name}' has ${data.length} rows, the first has ${rows}.`);
    pieces.push(...text(name), ...text(type));
    if (ArrayBuffer.isView(data)) pieces.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    else pieces.push(joinTexts(data));
  }
  return pieces;
}

class Reader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError(`The engine's answer ends at byte ${this.bytes.length}, inside a value.`);
    const piece = this.bytes.subarray(this.at, end);
    this.at = end;
    return piece;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.take(1)[0] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  text(): string {
    return this.take(this.varint()).toString('utf8');
  }
}

/** Copies, because a typed array must start at a multiple of its element's size and the format knows no padding. */
function readColumn(reader: Reader, type: string, rows: number): ColumnData {
  if (type === 'String') return Array.from({ length: rows }, () => reader.text());
  const width = WIDTH[type as keyof typeof WIDTH] as number | undefined;
  if (width === undefined) throw new TypeError(`A column of type ${type} has no typed array: cast it in the SELECT.`);
  const copy = new Uint8Array(rows * width);
  copy.set(reader.take(rows * width));
  if (type === 'UInt8') return copy;
  if (type === 'UInt32') return new Uint32Array(copy.buffer);
  if (type === 'Float64') return new Float64Array(copy.buffer);
  return type === 'UInt64' ? new BigUint64Array(copy.buffer) : new BigInt64Array(copy.buffer);
}

/** The blocks of an answer, one after the other. @throws RangeError when it ends inside a value */
export function* readBlocks(bytes: Uint8Array): Generator<Block> {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  while (reader.at < bytes.length) {
    const width = reader.varint();
    const rows = reader.varint();
    const columns: Column[] = [];
    for (let i = 0; i < width; i++) {
      const name = reader.text();
      const type = reader.text() as ColumnType;
      columns.push({ name, type, data: readColumn(reader, type, rows) });
    }
    if (rows > 0) yield { rows, columns };
  }
}
