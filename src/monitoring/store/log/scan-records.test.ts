import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseHistogram } from '../../histogram/index.ts';
import type { SampleColumns } from '../../series.ts';
import { encodeHistograms } from '../histograms/histogram-record.ts';
import { encodeExemplars, encodeSamples, encodeSeries, histogramsBefore } from './log-record.ts';
import { scanRecords, type DamageKind } from './scan-records.ts';

/** The kinds of damage that a log can take, at the first, a middle and the last record: what is whole is read exactly. */

const columnsOf = (n: number): SampleColumns => ({
  ids: Uint32Array.from({ length: n * 3 }, (_, i) => i + n),
  times: Float64Array.from({ length: n * 3 }, (_, i) => 1000 * n + i),
  values: Float64Array.from({ length: n * 3 }, (_, i) => i / n),
});
const series = encodeSeries([[2, { __name__: 'm', n: '2' }, 'scrape/a']]);
const samplesRecord = (n: number): Buffer => encodeSamples(columnsOf(n));
const histogramsRecord = (n: number): Buffer => {
  const { histogram } = parseHistogram(`count:${n + 3} sum:${n} buckets:[1 ${n} 2]`);
  return histogramsBefore(encodeHistograms(columnsOf(n), new Map([[0, histogram], [2, histogram]])), Buffer.alloc(0)); // prettier-ignore
};
const exemplarsRecord = (n: number): Buffer => encodeExemplars([[n, 1000 * n, String(n / 8), { trace_id: `t${n}` }]]);
const logOf = (make: (n: number) => Buffer): Buffer[] => [make(1), series, make(3), samplesRecord(4), make(5)];
const records = logOf(samplesRecord);

const aligned = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
};
const recordsOf = (all: readonly Buffer[]) => scanRecords(aligned(Buffer.concat(all))).records;
const changed = (record: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(record);
  change(copy);
  return copy;
};
/** Says that it has so many samples, and has the right checksum. */
function withCount(record: Buffer, count: number): Buffer {
  const copy = changed(record, (its) => its.writeUInt32LE(count, 16));
  const payload = copy.subarray(16, 16 + copy.readUInt32LE(8));
  copy.writeUInt32LE(crc32(payload, crc32(copy.subarray(0, 12))), 12);
  return copy;
}

const PLACES = [
  ['first', 0],
  ['middle', 2],
  ['last', 4],
] as const;
const DAMAGES: readonly (readonly [kind: DamageKind, damage: (record: Buffer) => Buffer[]])[] = [
  ['header', (record) => [changed(record, (copy) => copy.fill(0xff, 0, 4))]],
  ['flag', (record) => [changed(record, (copy) => copy.writeUInt32LE(77, 4))]],
  ['checksum', (record) => [changed(record, (copy) => copy.writeUInt32LE(copy.readUInt32LE(12) ^ 1, 12))]],
  ['checksum', (record) => [changed(record, (copy) => copy.writeUInt8(copy.readUInt8(30) ^ 0x10, 30))]],
  ['length', (record) => [changed(record, (copy) => copy.writeUInt32LE(copy.readUInt32LE(8) + 24, 8))]],
  ['length', (record) => [changed(record, (copy) => copy.writeUInt32LE(0xffffffff, 8))]],
  ['length', (record) => [Buffer.concat([record.subarray(0, 40), record.subarray(43)])]],
  ['header', (record) => [Buffer.alloc(record.length)]],
];

const LOGS = [
  { kind: 'samples', log: records },
  { kind: 'histograms', log: logOf(histogramsRecord) },
  { kind: 'exemplars', log: logOf(exemplarsRecord) },
];

for (const { kind: what, log, place, at } of LOGS.flatMap((one) => PLACES.map(([place, at]) => ({ ...one, place, at })))) {
  test.each(DAMAGES.map(([kind, damage], i) => [kind, i, damage] as const))(
    `a bad %s in the ${place} record of ${what} (%i)`,
    (kind, _i, damage) => {
      const before = log.slice(0, at);
      const after = log.slice(at + 1);
      const bad = damage(log[at] as Buffer);
      const scan = scanRecords(aligned(Buffer.concat([...before, ...bad, ...after])));
      expect(scan.records).toEqual(recordsOf([...before, ...after]));
      const size = Buffer.concat(bad).length;
      if (after.length > 0) {
        expect(scan.damage).toEqual([{ kind, at: Buffer.concat(before).length, bytes: size }]);
        expect([scan.damagedBytes, scan.tornBytes]).toEqual([size, 0]);
      } else {
        // The end of a write that was cut short looks the same, but that it doesn't begin with what no one writes.
        const foreign = Buffer.concat(bad).readUInt32LE(0) === 0xffffffff;
        expect([scan.damagedBytes, scan.tornBytes]).toEqual(foreign ? [size, 0] : [0, size]);
      }
    },
  );

  test(`a bad order: the ${place} record of ${what} stands there again, and is read once`, () => {
    const again = [...log.slice(0, 3), log[at] as Buffer, ...log.slice(3)];
    const scan = scanRecords(aligned(Buffer.concat(at > 2 ? [...log, log[at] as Buffer] : again)));
    expect(scan.records).toEqual(recordsOf(log));
    expect(scan.damage.map(({ kind }) => kind)).toEqual(['order']);
    expect(scan.damagedBytes).toBe(0);
  });

  test(`records in another order, the ${place} one of ${what} in front, are all read`, () => {
    const mixed = [log[at] as Buffer, ...log.filter((_, i) => i !== at)];
    const scan = scanRecords(aligned(Buffer.concat(mixed)));
    expect(scan.damage).toEqual([]);
    expect(new Set(scan.records)).toEqual(new Set(recordsOf(log)));
  });
}

test.each([
  ['samples that are fewer than they say', () => withCount(records[3] as Buffer, 13)],
  ['series that are no list', () => encodeSeries({ no: 'list' } as never)],
])('bad content, its checksum right: %s', (_what, make) => {
  const bad = make();
  const scan = scanRecords(aligned(Buffer.concat([records[0] as Buffer, bad, records[4] as Buffer])));
  expect(scan.records).toEqual(recordsOf([records[0] as Buffer, records[4] as Buffer]));
  expect(scan.damage).toEqual([{ kind: 'content', at: (records[0] as Buffer).length, bytes: bad.length }]);
});

test.each(LOGS.flatMap(({ kind, log }) => PLACES.map(([place, at]) => [place, kind, at, log] as const)))(
  'a torn write at the end, when it began in the %s record of %s',
  (_place, _kind, at, log) => {
    const whole = Buffer.concat(log.slice(0, at));
    const last = log[at] as Buffer;
    for (let cut = 1; cut < last.length - 8; cut += 7) {
      const scan = scanRecords(aligned(Buffer.concat([whole, last.subarray(0, cut)])));
      expect(scan.records).toEqual(recordsOf(log.slice(0, at)));
      expect([scan.damage, scan.tornBytes]).toEqual([[], cut]);
    }
  },
);

test('a segment that is made to look like many records takes no longer than a few times its size', () => {
  const bytes = Buffer.alloc(4 << 20);
  for (let at = 0; at + 16 < bytes.length; at += 16) {
    bytes.writeUInt32LE(0x4345524e, at);
    bytes.writeUInt32LE(bytes.length - at - 16, at + 8);
  }
  const began = performance.now();
  expect(scanRecords(aligned(bytes)).records).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1000);
});
