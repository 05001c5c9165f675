import type { ProtobufReader } from '../protobuf-reader.ts';

/** An attribute: its key, and its value as Prometheus shows it. */
export type Attribute = readonly [key: string, value: string];

const DEEPEST = 8;
const MOST = 1000;

/** Reads the `KeyValue` messages that stand in fields with this tag between two places, passing over everything else. */
export function readAttributes(reader: ProtobufReader, from: number, to: number, fieldTag: number): Attribute[] {
  const after = reader.at;
  const found: Attribute[] = [];
  const outer = reader.enterAt(from, to);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== fieldTag) reader.skip(tag);
    else if (found.length < MOST) found.push(readKeyValue(reader, 0));
    else reader.skip(tag);
  }
  reader.leave(outer, after);
  return found;
}

function readKeyValue(reader: ProtobufReader, depth: number): [string, string] {
  const [key, value] = readPair(reader, depth);
  return [key, typeof value === 'string' ? value : JSON.stringify(value)];
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function readPair(reader: ProtobufReader, depth: number): [string, Json] {
  const outer = reader.enter();
  let key = '';
  let value: Json = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) key = reader.text();
    else if (tag === 18) value = readValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return [key, value];
}

function readValue(reader: ProtobufReader, depth: number): Json {
  if (depth > DEEPEST) throw new RangeError(`byte ${reader.at} has values nested deeper than ${DEEPEST}`);
  const outer = reader.enter();
  let value: Json = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) value = reader.text();
    else if (tag === 16) value = reader.varint() !== 0;
    else if (tag === 24) value = String(signedVarint(reader));
    else if (tag === 33) value = double(reader);
    else if (tag === 42) value = readList(reader, depth);
    else if (tag === 50) value = readMap(reader, depth);
    else if (tag === 58) value = readBytes(reader).toString('base64');
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return value;
}

function readList(reader: ProtobufReader, depth: number): Json[] {
  const outer = reader.enter();
  const list: Json[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10 && list.length < MOST) list.push(readValue(reader, depth + 1));
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return list;
}

function readMap(reader: ProtobufReader, depth: number): Json {
  const outer = reader.enter();
  const pairs: [string, Json][] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10 && pairs.length < MOST) pairs.push(readPair(reader, depth + 1));
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return Object.fromEntries(pairs);
}

/** The bytes of a length-delimited field: a view. */
export function readBytes(reader: ProtobufReader): Buffer {
  const outer = reader.enter();
  const from = reader.at;
  reader.skipToEnd();
  const bytes = Buffer.from(reader.bytes.buffer, reader.bytes.byteOffset + from, reader.at - from);
  reader.leave(outer, reader.at);
  return bytes;
}

/** An int64 as a bigint: only for attributes, where the digits are shown. */
function signedVarint(reader: ProtobufReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.byte();
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asIntN(64, value);
  }
  throw new RangeError(`byte ${reader.at} is no protobuf`);
}

const bits = new DataView(new ArrayBuffer(8));

/** A double, of eight bytes. */
export function double(reader: ProtobufReader): number {
  bits.setUint32(0, reader.fixed32(), true);
  bits.setUint32(4, reader.fixed32(), true);
  return bits.getFloat64(0, true);
}

/** A sfixed64 as a number. */
export function signed64(reader: ProtobufReader): number {
  const low = reader.fixed32();
  return (reader.fixed32() | 0) * 4_294_967_296 + low;
}

/** A fixed64 that counts something. */
export function unsigned64(reader: ProtobufReader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 4_294_967_296 + low;
}

/** A fixed64 of nanoseconds since the epoch, as whole milliseconds. In two parts, because a double can't hold it exactly. */
export function milliseconds(reader: ProtobufReader): number {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return high * 4294 + Math.floor((high * 967_296 + low) / 1e6);
}

/** A sint32 or sint64 (zigzag). */
export function zigzag(reader: ProtobufReader): number {
  const value = reader.varint();
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
