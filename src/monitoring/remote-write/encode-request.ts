import { compress } from 'snappyjs';

/** Makes remote write requests for tests, a field at a time, so that a test can make wrong ones too. */

export function varint(n: number): Buffer {
  if (n < 0) {
    const ten = Buffer.alloc(10);
    let rest = BigInt.asUintN(64, BigInt(n));
    for (let i = 0; i < 10; i++, rest >>= 7n) ten[i] = Number(rest & 127n) | (i < 9 ? 128 : 0);
    return ten;
  }
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  bytes.push(n);
  return Buffer.from(bytes);
}

/** A length-delimited field. */
export const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
};

export const label = (name: string, value: string | Buffer): Buffer =>
  field(1, Buffer.concat([field(1, name), field(2, Buffer.from(value))]));

export function sample(time: number, value: number | Buffer): Buffer {
  const bits = Buffer.alloc(8);
  if (typeof value === 'number') bits.writeDoubleLE(value);
  else value.copy(bits);
  return field(2, Buffer.concat([Buffer.from([9]), bits, Buffer.from([16]), varint(time)]));
}

export const series = (labels: Readonly<Record<string, string>>, ...samples: Buffer[]): Buffer =>
  field(1, Buffer.concat([...Object.entries(labels).map(([name, value]) => label(name, value)), ...samples]));

export const request = (...fields: Buffer[]): Buffer => compress(Buffer.concat(fields));
