import { pointsOf, type SeriesList } from '../time-series.ts';

const BINFLOAT = 0x47;

/** Writes Python's pickle, protocol 2, of the few types that answers are made of. */
class PickleWriter {
  private readonly parts: Buffer[] = [Buffer.from([0x80, 2])];

  op(text: string): void {
    this.parts.push(Buffer.from(text, 'latin1'));
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    const head = Buffer.alloc(5);
    head.write('X', 'latin1');
    head.writeUInt32LE(bytes.length, 1);
    this.parts.push(head, bytes);
  }

  float(value: number): void {
    const bytes = Buffer.alloc(9);
    bytes[0] = BINFLOAT;
    bytes.writeDoubleBE(value, 1);
    this.parts.push(bytes);
  }

  /** A whole number of at most 63 bits. */
  int(value: number): void {
    const bytes = Buffer.alloc(10);
    bytes[0] = 0x8a;
    bytes[1] = 8;
    bytes.writeBigInt64LE(BigInt(Math.trunc(value)), 2);
    this.parts.push(bytes);
  }

  floats(values: Float64Array): void {
    const bytes = Buffer.alloc(values.length * 9);
    let at = 0;
    for (const value of values) {
      if (value !== value) at = bytes.write('N', at, 'latin1') + at;
      else {
        bytes[at] = BINFLOAT;
        at = bytes.writeDoubleBE(value, at + 1);
      }
    }
    this.op('](');
    this.parts.push(bytes.subarray(0, at));
    this.op('e');
  }

  whole(): Buffer {
    this.op('.');
    return Buffer.concat(this.parts);
  }
}

/** A list of dictionaries, as one graphite-web asks another for. */
export function seriesPickle(list: SeriesList): Buffer {
  const out = new PickleWriter();
  out.op('](');
  for (const series of list) {
    out.op('}(');
    for (const key of ['name', 'path', 'consolidation'] as const) {
      out.text(key === 'path' ? 'pathExpression' : key === 'consolidation' ? 'consolidationFunc' : key);
      out.text(series[key]);
    }
    for (const key of ['start', 'end', 'step', 'valuesPerPoint'] as const) {
      out.text(key);
      out.int(series[key]);
    }
    out.text('xFilesFactor');
    out.float(series.xFilesFactor);
    out.text('values');
    out.floats(pointsOf(series));
    out.op('u');
  }
  out.op('e');
  return out.whole();
}

/** A list of `{path, is_leaf}`, as `/metrics/find?format=pickle` answers. */
export function nodesPickle(nodes: readonly { readonly path: string; readonly leaf: boolean }[]): Buffer {
  const out = new PickleWriter();
  out.op('](');
  for (const { path, leaf } of nodes) {
    out.op('}(');
    out.text('path');
    out.text(path);
    out.text('is_leaf');
    out.op(leaf ? '\x88' : '\x89');
    out.op('u');
  }
  out.op('e');
  return out.whole();
}
