import { field, head, varint } from './own/protobuf.mjs';

/** A remote write 1.0 request of one sample. Snappy without compression: a literal is a valid block. */
export function encodeSample(labels, value, timestamp) {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  const sample = Buffer.concat([Buffer.from([0x09]), double, Buffer.from([0x10]), varint(timestamp)]);
  const body = field(1, Buffer.concat([head(labels), field(2, sample)]));
  // A literal's length is in its tag: up to 60 bytes there, beyond that in the byte that follows.
  const tag = body.length <= 60 ? Buffer.from([(body.length - 1) << 2]) : Buffer.from([60 << 2, body.length - 1]);
  if (body.length > 256) throw new Error('too many labels for one literal');
  return Buffer.concat([varint(body.length), tag, body]);
}
