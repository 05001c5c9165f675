import { compress } from 'snappyjs';
import { field, varint } from './encode-request.ts';

/** Makes remote write 2.0 requests for tests, a field at a time, so that a test can make wrong ones too. */

const number = (tag: number, value: number): Buffer => Buffer.concat([varint(tag), varint(value)]);
const double = (tag: number, value: number | Buffer): Buffer => {
  const bits = Buffer.alloc(8);
  if (typeof value === 'number') bits.writeDoubleLE(value);
  else value.copy(bits);
  return Buffer.concat([varint(tag), bits]);
};
const refs = (list: readonly number[]): Buffer => field(1, Buffer.concat(list.map(varint)));

/** Gives texts their references, as a sender does. */
export class Symbols {
  readonly texts = [''];

  ref(text: string): number {
    const at = this.texts.indexOf(text);
    return at >= 0 ? at : this.texts.push(text) - 1;
  }

  labels(labels: Readonly<Record<string, string>>): Buffer {
    return refs(Object.entries(labels).flatMap(([name, value]) => [this.ref(name), this.ref(value)]));
  }

  series(labels: Readonly<Record<string, string>>, ...parts: Buffer[]): Buffer {
    return field(5, Buffer.concat([this.labels(labels), ...parts]));
  }

  exemplar(labels: Readonly<Record<string, string>>, value: number, time: number): Buffer {
    return field(4, Buffer.concat([this.labels(labels), double(17, value), number(24, time)]));
  }

  metadata(type: number, help: string, unit = ''): Buffer {
    return field(5, Buffer.concat([number(8, type), number(24, this.ref(help)), number(32, this.ref(unit))]));
  }

  request(...series: Buffer[]): Buffer {
    return compress(Buffer.concat([...this.texts.map((text) => field(4, text)), ...series]));
  }
}

export const sampleV2 = (time: number, value: number | Buffer, start = 0): Buffer =>
  field(2, Buffer.concat([double(9, value), number(16, time), ...(start > 0 ? [number(24, start)] : [])]));
export const seriesWithRefs = (list: readonly number[], ...parts: Buffer[]): Buffer => field(5, Buffer.concat([refs(list), ...parts]));
export const createdAt = (time: number): Buffer => number(48, time);
