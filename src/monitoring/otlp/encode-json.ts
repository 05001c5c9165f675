import { badRequest } from '../../platform/problem.ts';
import type { Field, FieldKind, Message } from './json-schema.ts';

/** Deeper than any message is; only values within values could go on. */
const DEEPEST = 40;
const TEMPORALITY: Readonly<Record<string, number>> = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
  AGGREGATION_TEMPORALITY_DELTA: 1,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
};

/**
 * Protobuf's JSON form as its binary form, so that one reader serves both. Unknown fields are passed over, as the format asks.
 * Source: https://protobuf.dev/programming-guides/json/, with OTLP's exception that ids are hexadecimal.
 * @throws Problem 400 that names the field which is not what it must be
 */
export function encodeJson(value: unknown, message: Message): Buffer {
  const out = new Writer();
  writeMessage(out, value, message, '', 0);
  return out.finish();
}

function writeMessage(out: Writer, value: unknown, message: Message, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value);
  if (depth > DEEPEST) throw badRequest(`The body is nested deeper than ${DEEPEST} at ${path}.`);
  for (const [name, given] of Object.entries(value)) {
    const field = message[name] ?? message[camelCase(name)];
    if (!field || given === null) continue;
    const place = path === '' ? name : `${path}.${name}`;
    if (!field.repeated) writeField(out, given, field, place, depth);
    else if (!Array.isArray(given)) throw wrong(place, 'a list', given);
    else for (const [i, item] of given.entries()) writeField(out, item, field, `${place}[${i}]`, depth);
  }
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function writeField(out: Writer, value: unknown, { number, kind }: Field, path: string, depth: number): void {
  if (typeof kind !== 'string') {
    out.tag(number, 2);
    const mark = out.open();
    writeMessage(out, value, kind, path, depth + 1);
    out.close(mark);
  } else writeScalar(out, value, number, kind, path);
}

function writeScalar(out: Writer, value: unknown, number: number, kind: FieldKind, path: string): void {
  switch (kind) {
    case 'string':
      if (typeof value !== 'string') throw wrong(path, 'a text', value);
      return out.bytes(number, Buffer.from(value));
    case 'hex':
    case 'bytes':
      if (typeof value !== 'string') throw wrong(path, 'a text', value);
      return out.bytes(number, Buffer.from(value, kind === 'hex' ? 'hex' : 'base64'));
    case 'bool':
      if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
      return out.varint(number, value ? 1n : 0n);
    case 'double':
      return out.double(number, doubleOf(value, path));
    case 'fixed64':
    case 'sfixed64':
      return out.fixed64(number, integerOf(value, path));
    case 'sint32': {
      const integer = integerOf(value, path);
      return out.varint(number, integer < 0n ? -integer * 2n - 1n : integer * 2n);
    }
    default:
      return out.varint(number, BigInt.asUintN(64, integerOf(value, path)));
  }
}

function doubleOf(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  const special = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };
  if (typeof value === 'string' && Object.hasOwn(special, value)) return special[value as keyof typeof special];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw wrong(path, 'a number', value);
  return number;
}

/** 64-bit integers are texts in JSON, but a small one may be a number; an enumeration may be its name. */
function integerOf(value: unknown, path: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'string' && Object.hasOwn(TEMPORALITY, value)) return BigInt(TEMPORALITY[value] as number);
  throw wrong(path, 'an integer', value);
}

const wrong = (path: string, what: string, value: unknown) =>
  badRequest(`${path === '' ? 'The body' : path} must be ${what}, not ${(JSON.stringify(value) ?? String(value)).slice(0, 80)}.`);

/** Writes protobuf. A message's length goes before it, so its place is kept open. */
class Writer {
  #buffer = Buffer.alloc(4096);
  #at = 0;

  tag(number: number, type: number): void {
    this.#varint(BigInt(number * 8 + type));
  }

  varint(number: number, value: bigint): void {
    this.tag(number, 0);
    this.#varint(value);
  }

  fixed64(number: number, value: bigint): void {
    this.tag(number, 1);
    this.#reserve(8);
    this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
    this.#at += 8;
  }

  double(number: number, value: number): void {
    this.tag(number, 1);
    this.#reserve(8);
    this.#buffer.writeDoubleLE(value, this.#at);
    this.#at += 8;
  }

  bytes(number: number, bytes: Buffer): void {
    this.tag(number, 2);
    this.#varint(BigInt(bytes.length));
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#at);
    this.#at += bytes.length;
  }

  open(): number {
    this.#reserve(LENGTH_BYTES);
    this.#at += LENGTH_BYTES;
    return this.#at;
  }

  /** The length takes the same number of bytes always: a varint may have needless ones. */
  close(mark: number): void {
    let length = this.#at - mark;
    for (let i = 1; i <= LENGTH_BYTES; i++) {
      this.#buffer[mark - LENGTH_BYTES + i - 1] = (length & 127) | (i < LENGTH_BYTES ? 128 : 0);
      length >>>= 7;
    }
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  #varint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.#buffer[this.#at++] = Number(rest & 127n) | 128;
    this.#buffer[this.#at++] = Number(rest);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

/** Enough for a message of 256 MB. */
const LENGTH_BYTES = 4;
