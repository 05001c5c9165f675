import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Problem } from '../../../platform/problem.ts';
import { FaultyFiles } from './faulty-files.ts';
import { IntakeLog } from './intake-log.ts';
import { encodeSamples, encodeSeries, type LogRecord } from './log-record.ts';

let files: FaultyFiles;
let log: IntakeLog;
let faults: unknown[];

const open = (maxBytes = 1e9): Promise<IntakeLog> =>
  IntakeLog.open({ files, maxBytes, segmentBytes: 1e6, syncMs: 1e6, onFault: (fault) => faults.push(fault) });

beforeEach(async () => {
  files = new FaultyFiles();
  faults = [];
  log = await open();
});

afterEach(() => log.close());

const record = (value: number): Buffer =>
  encodeSamples({ ids: Uint32Array.of(1), times: Float64Array.of(value), values: Float64Array.of(value) });
const inLog = async (): Promise<(number | string)[]> => {
  const reopened = await open();
  const found: (number | string)[] = [];
  const name = (one: LogRecord): number | string => (one.kind === 'samples' ? (one.columns.times[0] ?? -1) : one.kind);
  for (const segment of reopened.closed) found.push(...(await reopened.read(segment)).records.map(name));
  await reopened.close();
  return found;
};

test('appends of one turn are one write, in order, and what precedes them is before them', async () => {
  const first = log.append(record(1));
  log.precede(encodeSeries([[1, { __name__: 'm' }]]));
  expect(await Promise.all([first, log.append(record(2)), log.append(record(3))])).toEqual([1, 1, 1]);
  expect(files.writes).toBe(1);
  expect(await inLog()).toEqual(['series', 1, 2, 3]);
});

test('a full disk refuses, keeps nothing by halves, and takes again when there is room', async () => {
  await log.append(record(1));
  log.precede(encodeSeries([[2, { __name__: 'm' }]]));
  files.room = 70;
  await expect(log.append(record(2))).rejects.toMatchObject({ status: 503, slug: 'disk-full', retryAfter: 30 });
  await expect(log.append(record(3))).rejects.toThrow(Problem);
  expect(await inLog()).toEqual([1]);
  files.room = 1e6;
  await log.append(record(4));
  expect(await inLog()).toEqual([1, 'series', 4]);
  expect(faults.map((fault) => (fault as NodeJS.ErrnoException | undefined)?.code)).toEqual(['ENOSPC', 'ENOSPC', undefined]);
});

test('a disk that fails is told from one that is full', async () => {
  files.fault = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  await expect(log.append(record(1))).rejects.toMatchObject({ status: 503, slug: 'disk-failing' });
});

test('rolled segments can be read and dropped; a later process goes on after them', async () => {
  await log.append(record(1));
  await log.roll();
  await log.append(record(2));
  await log.roll();
  await log.roll();
  expect(log.closed).toEqual([1, 2]);
  await log.drop(1);
  expect(log.closed).toEqual([2]);
  const next = await open();
  expect(next.closed).toEqual([2]);
  expect(await next.append(record(3))).toBe(3);
  await next.close();
});

test('a segment that is taken before an older one is not missed later', async () => {
  for (const n of [1, 2, 3, 4]) {
    await log.append(record(n));
    await log.roll();
  }
  await log.drop(2);
  await log.drop(3);
  const next = await open();
  expect([next.closed, next.missing]).toEqual([[1, 4], []]);
  await next.drop(1);
  expect([...files.contents.keys()]).toEqual([expect.stringMatching(/^0+4-.*\.log$/)]);
  await next.close();
});

test('a segment that the disk refused from its first byte on is not missed later', async () => {
  await log.append(record(1));
  await log.roll();
  files.room = 0;
  await expect(log.append(record(2))).rejects.toThrow(Problem);
  await log.roll();
  files.room = 1e6;
  expect(await log.append(record(3))).toBe(2);
  await log.roll();
  const next = await open();
  expect([next.closed, next.missing]).toEqual([[1, 2], []]);
  await next.close();
});

test('what is missing between others is known, and what was never begun is not', async () => {
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) {
    await log.append(record(n));
    await log.roll();
  }
  const name = (segment: number): string => [...files.contents.keys()].find((one) => Number(one.slice(0, 12)) === segment)!;
  for (const segment of [2, 3, 5]) files.contents.delete(name(segment));
  // Set aside at a start before, and told of then.
  await files.rename(name(7), `${name(7)}.unreadable`);
  files.contents.set(`000000000009-${name(1).slice(13)}`, Buffer.alloc(0));
  const next = await open();
  expect([next.closed, next.missing]).toEqual([[1, 4, 6, 8], [{ from: 2, to: 3 }, { from: 5, to: 5 }]]); // prettier-ignore
  expect(await next.append(record(9))).toBe(9);
  await next.close();
});

test('the log is bounded, and says which setting bounds it', async () => {
  log = await open(190);
  for (let i = 0; i < 4; i++) await log.append(record(i));
  await expect(log.append(record(5))).rejects.toMatchObject({
    status: 503,
    slug: 'intake-behind',
    extra: { setting: 'store.maxLogBytes' },
  });
  await log.roll();
  await log.drop(log.closed[0] as number);
  await log.append(record(6));
});

test('a slow disk does not fill the memory', async () => {
  let open!: () => void;
  files.gate = new Promise((resolve) => (open = resolve));
  const large = Buffer.alloc(20 * 1024 ** 2);
  const first = log.append(record(1));
  for (let i = 0; i < 5; i++) await turn();
  const waiting = [1, 2, 3, 4].map(() => log.append(large));
  await expect(log.append(record(2))).rejects.toMatchObject({ status: 503, slug: 'disk-slow' });
  open();
  await Promise.all([first, ...waiting]);
});

test('written records are synced, once', async () => {
  await log.append(record(1));
  await log.sync();
  await log.sync();
  expect(files.syncs).toBe(1);
});
