import { isUtf8 } from 'node:buffer';

/**
 * A cursor over protobuf's wire format. Every read is within the bounds of the message that was entered.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #buffer: Buffer;
  at = 0;
  #end: number;
  #tagAt = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  /** Whether the entered message is read. */
  get done(): boolean {
    return this.at >= this.#end;
  }

  /** Where the entered message ends. */
  get end(): number {
    return this.#end;
  }

  /** A field's number and wire type, as `number * 8 + type`. */
  tag(): number {
    this.#tagAt = this.at;
    const tag = this.varint();
    if (tag < 8 || tag > 0xffffffff) throw damaged(this.#tagAt);
    return tag;
  }

  /** Goes back to before the tag that was just read. */
  back(): void {
    this.at = this.#tagAt;
  }

  /** Above 2^53 it is inexact; a negative number (ten bytes) is -1. */
  varint(): number {
    const { bytes } = this;
    const end = this.#end;
    // Most are of one byte.
    const first = this.at < end ? (bytes[this.at] as number) : 128;
    if (first < 128) {
      this.at++;
      return first;
    }
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) throw damaged(this.at);
      const byte = bytes[this.at++] as number;
      if (byte < 128) return i === 9 ? -1 : value + byte * factor;
      value += (byte & 127) * factor;
      factor *= 128;
    }
    throw damaged(this.at);
  }

  /**
   * Puts the time of the entered sample to `times[i]`, where that is written as nearly all are: a value of eight bytes (field 1) and a time of
   * six bytes (field 2), between 1971 and 2109. Else false: read it field by field. A number that is returned would be an object each time.
   */
  sampleTime(times: Float64Array, i: number): boolean {
    const { bytes, at } = this;
    if (this.#end - at !== 16 || bytes[at] !== 9 || bytes[at + 9] !== 16) return false;
    const b0 = bytes[at + 10]!;
    const b1 = bytes[at + 11]!;
    const b2 = bytes[at + 12]!;
    const b3 = bytes[at + 13]!;
    const b4 = bytes[at + 14]!;
    const b5 = bytes[at + 15]!;
    if ((b0 & b1 & b2 & b3 & b4) < 128 || b5 > 127) return false;
    times[i] = ((b0 & 127) | ((b1 & 127) << 7) | ((b2 & 127) << 14) | ((b3 & 127) << 21)) + (b4 & 127) * 2 ** 28 + b5 * 2 ** 35;
    return true;
  }

  fixed32(): number {
    if (this.at + 4 > this.#end) throw damaged(this.at);
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  double(): number {
    if (this.at + 8 > this.#end) throw damaged(this.at);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  /** Enters a message. Give what this returns to `leave`. */
  enter(): number {
    const outer = this.#end;
    const length = this.varint();
    if (length < 0 || length > outer - this.at) throw damaged(this.at);
    this.#end = this.at + length;
    return outer;
  }

  /** Enters the bytes between two places. Give what this returns to `leave`. */
  enterAt(from: number, to: number): number {
    const outer = this.#end;
    this.at = from;
    this.#end = to;
    return outer;
  }

  leave(outer: number, at: number): void {
    this.#end = outer;
    this.at = at;
  }

  /** Goes to the end of the entered message. */
  skipToEnd(): void {
    this.at = this.#end;
  }

  byte(): number {
    if (this.at >= this.#end) throw damaged(this.at);
    return this.bytes[this.at++] as number;
  }

  /** The text of a length-delimited field. */
  text(): string {
    const length = this.varint();
    if (length < 0 || length > this.#end - this.at) throw damaged(this.at);
    this.at += length;
    return this.#buffer.toString('utf8', this.at - length, this.at);
  }

  /** The text between two places; undefined where it is not UTF-8. */
  textBetween(from: number, to: number): string | undefined {
    return this.isUtf8(from, to) ? this.#buffer.toString('utf8', from, to) : undefined;
  }

  /** Whether the bytes between two places are UTF-8, be they texts or what stands between texts. */
  isUtf8(from: number, to: number): boolean {
    return isUtf8(this.bytes.subarray(from, to));
  }

  /** Whether the text that `text` read from here is UTF-8. */
  textIsUtf8(at: number): boolean {
    const after = this.at;
    this.at = at;
    const length = this.varint();
    const good = this.isUtf8(this.at, this.at + length);
    this.at = after;
    return good;
  }

  skip(tag: number): void {
    const type = tag & 7;
    if (type === 0) {
      this.varint();
      return;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? this.varint() : -1;
    if (length < 0 || length > this.#end - this.at) throw damaged(this.at);
    this.at += length;
  }
}

const damaged = (at: number): RangeError => new RangeError(`byte ${at} is no protobuf`);
