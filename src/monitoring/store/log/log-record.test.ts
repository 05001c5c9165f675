import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../../test/harness/fuzz.ts';
import { parseHistogram } from '../../histogram/index.ts';
import { encodeHistograms } from '../histograms/histogram-record.ts';
import {
  encodeExemplars,
  encodeMetadata,
  encodeSamples,
  encodeSeries,
  histogramsBefore,
  type ExemplarEntry,
  type LogRecord,
} from './log-record.ts';
import { scanRecords } from './scan-records.ts';

const samples = fc.array(fc.tuple(fc.nat(), fc.double(), fc.double()), { maxLength: 20 }).map((rows): [Buffer, LogRecord] => {
  const columns = {
    ids: Uint32Array.from(rows, ([id]) => id),
    times: Float64Array.from(rows, ([, time]) => time),
    values: Float64Array.from(rows, ([, , value]) => value),
  };
  return [encodeSamples(columns), { kind: 'samples', columns }];
});
const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
const series = fc
  .array(fc.tuple(fc.nat(), fc.dictionary(texts, texts, { noNullPrototype: true })), { maxLength: 5 })
  .map((entries): [Buffer, LogRecord] => {
    const content = entries.map(([id, labels]): [number, Record<string, string>] => [id, JSON.parse(JSON.stringify(labels))]);
    return [encodeSeries(content), { kind: 'series', json: Buffer.from(JSON.stringify(content)) }];
  });
const metadata = texts.map((help): [Buffer, LogRecord] => {
  const content = [{ metric: 'm', type: 'gauge' as const, help, unit: '' }];
  return [encodeMetadata(content), { kind: 'metadata', metadata: content }];
});
const exemplars = fc.array(fc.tuple(fc.nat(), fc.nat(), texts), { maxLength: 5 }).map((entries): [Buffer, LogRecord] => {
  const content = entries.map(([id, time, trace]): ExemplarEntry => [id, time, String(time / 8), { trace_id: trace }]);
  return [encodeExemplars(content), { kind: 'exemplars', json: Buffer.from(JSON.stringify(content)) }];
});
const histograms = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 1000 })), { minLength: 1, maxLength: 5 }).map((rows): [Buffer, LogRecord] => {
  const columns = {
    ids: Uint32Array.from(rows, ([id]) => id),
    times: Float64Array.from(rows, (_, i) => i),
    values: new Float64Array(rows.length),
  };
  const all = rows.map(([, count], i) => [i, parseHistogram(`count:${count} sum:1 buckets:[${count}]`).histogram] as const);
  const payload = encodeHistograms(columns, new Map(all));
  return [histogramsBefore(payload, Buffer.alloc(0)), { kind: 'histograms', payload }];
});
/** No record twice: that would be damage. */
const records = fc.uniqueArray(fc.oneof(samples, series, metadata, exemplars, histograms), {
  maxLength: 12,
  selector: ([bytes]) => bytes.toString('hex'),
});

const aligned = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
};

test('what is written is read', () => {
  fc.assert(
    fc.property(records, (all) => {
      const scan = scanRecords(aligned(Buffer.concat(all.map(([bytes]) => bytes))));
      expect(scan).toEqual({ records: all.map(([, record]) => record), damage: [], damagedBytes: 0, tornBytes: 0 });
    }),
  );
});

test('cut anywhere, every whole record is read and the rest is torn', () => {
  fc.assert(
    fc.property(records, fc.nat(), (all, cut) => {
      const bytes = Buffer.concat(all.map(([record]) => record));
      const at = cut % (bytes.length + 1);
      let whole = 0;
      for (let end = 0; whole < all.length && (end += all[whole]?.[0].length ?? 0) <= at;) whole++;
      const scan = scanRecords(aligned(bytes.subarray(0, at)));
      // A cut within the padding leaves a record whole.
      expect(scan.records.slice(0, whole)).toEqual(all.slice(0, whole).map(([, record]) => record));
      expect(scan.records.length).toBeLessThanOrEqual(whole + 1);
      expect(scan.damagedBytes).toBe(0);
    }),
  );
});

test('a damaged record costs itself and no other', async () => {
  await fuzz(
    fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, flip) => {
      const bytes = aligned(Buffer.concat(all.map(([record]) => record)));
      if (bytes.length === 0) return;
      const place = at % bytes.length;
      bytes[place] = (bytes[place] as number) ^ flip;
      let end = 0;
      const hit = all.findIndex(([record]) => (end += record.length) > place);
      const { records: read, damagedBytes, tornBytes } = scanRecords(bytes);
      const others = all.filter((_, i) => i !== hit).map(([, record]) => record);
      // Damage to the padding is none.
      if (read.length === all.length) expect(read).toEqual(all.map(([, record]) => record));
      else {
        expect(read).toEqual(others);
        // The last one may have been cut off by a crash, or be no record by its first bytes.
        expect(hit === all.length - 1 ? tornBytes + damagedBytes : damagedBytes).toBe(all[hit]?.[0].length);
      }
    }),
    300,
  );
});
