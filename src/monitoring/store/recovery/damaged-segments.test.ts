/** Damage to a log of several segments, of which the engine has taken none: each start keeps what is whole, exactly, and says what was lost. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { openChdb, type Columns } from '../../../platform/columns/index.ts';
import { Problem } from '../../../platform/problem.ts';
import { createStore, type Store } from '../store.ts';

const NOW = Date.now();
const SEGMENTS = 4;
const EACH = 30;
let root: string;
let pristine: { readonly name: string; readonly bytes: Buffer }[];
let away = true;
let said: string[] = [];

const say = (_: object, text?: string): void => void said.push(text ?? '');
const log = { info: () => undefined, warn: say, error: say };

/** The real engine, which takes no rows while it is `away`. */
async function engine(path: string): Promise<Columns> {
  const columns = await openChdb({ dir: path });
  const refuse = async (): Promise<never> => {
    throw new Problem(503, 'engine-failed', 'away');
  };
  return { ...bound(columns), withInput: (...args) => (away ? refuse() : columns.withInput(...args)) };
}
const bound = (columns: Columns): Columns => ({
  exec: (...args) => columns.exec(...args),
  query: (...args) => columns.query(...args),
  blocks: (...args) => columns.blocks(...args),
  withInput: (...args) => columns.withInput(...args),
  blocksWithInput: (...args) => columns.blocksWithInput(...args),
  backup: (folder) => columns.backup(folder),
  restore: (folder) => columns.restore(folder),
  readonly: (...args) => columns.readonly(...args),
  close: () => columns.close(),
});

async function open(dir: string): Promise<Store> {
  const store = createStore({ dir, clock: systemClock, log, openColumns: engine, settings: { flushInterval: 1e9 } });
  await store.start();
  return store;
}

/** The samples of a segment, each series of its own: labels stand in the segment that first names them. */
const valuesOf = (segment: number): number[] => Array.from({ length: EACH }, (_, i) => segment * EACH + i);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nines-damaged-'));
  const store = await open(join(root, 'first'));
  for (let segment = 0; segment < SEGMENTS; segment++) {
    for (let part = 0; part < 3; part++) {
      const values = valuesOf(segment).slice(part * 10, part * 10 + 10);
      const id = store.resolve({ __name__: 'm', segment: String(segment) });
      await store.append({ ids: new Uint32Array(10).fill(id), times: Float64Array.from(values, (value) => NOW + value), values: Float64Array.from(values) }); // prettier-ignore
    }
    // The segment ends here; the engine doesn't take it.
    await expect(store.flush()).rejects.toThrow('away');
  }
  await store.stop();
  const folder = join(root, 'first', 'intake');
  const names = (await readdir(folder)).sort();
  expect(names).toHaveLength(SEGMENTS);
  pristine = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
  away = false;
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

/** Damage to the files of a log, by number of segment. */
interface Disk {
  put(segment: number, bytes: Buffer): Promise<void>;
  remove(segment: number): Promise<void>;
  bytes(segment: number): Buffer;
  readonly folder: string;
}
const flip = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 0xff;
  return copy;
};
/** In the last record of the segment, which is samples. */
const lastRecord = (bytes: Buffer): number => bytes.lastIndexOf(bytes.subarray(0, 4));
const secondRecord = (bytes: Buffer): number => {
  // The series, then three times samples.
  const second = bytes.indexOf(bytes.subarray(0, 4), bytes.indexOf(bytes.subarray(0, 4), 4) + 4);
  return second;
};

const CASES: readonly (readonly [what: string, damage: (disk: Disk) => Promise<unknown>, lost: readonly number[], damage: object, said: RegExp | undefined])[] = [
  ['none', async () => undefined, [], {}, undefined],
  ['a bad byte in a middle segment', (disk) => disk.put(1, flip(disk.bytes(1), secondRecord(disk.bytes(1)) + 40)), valuesOf(1).slice(10, 20), { checksum: 1 }, /damaged and lost/],
  ['bad bytes in two segments', (disk) => Promise.all([0, 2].map((at) => disk.put(at, flip(disk.bytes(at), secondRecord(disk.bytes(at)) + 40)))), [...valuesOf(0).slice(10, 20), ...valuesOf(2).slice(10, 20)], { checksum: 2 }, /damaged and lost/],
  ['a middle segment that is gone', (disk) => disk.remove(2), valuesOf(2), { missing: 1 }, /segments of the intake log are missing/],
  ['the first and the last one gone', (disk) => Promise.all([disk.remove(0), disk.remove(3)]), [...valuesOf(0), ...valuesOf(3)], {}, undefined],
  ['a middle segment cut to nothing', (disk) => disk.put(1, Buffer.alloc(0)), valuesOf(1), { empty: 1 }, /damaged and lost/],
  ['a last segment that was made and never written to', (disk) => disk.put(3, Buffer.alloc(0)), valuesOf(3), {}, undefined],
  ['a middle segment cut in its last record', (disk) => disk.put(1, disk.bytes(1).subarray(0, lastRecord(disk.bytes(1)) + 30)), valuesOf(1).slice(20), {}, /never finished/],
  ['a middle segment of zeros', (disk) => disk.put(1, Buffer.alloc(disk.bytes(1).length)), valuesOf(1), {}, /never finished/],
  ['a segment of another version', (disk) => disk.put(2, versioned(disk.bytes(2))), valuesOf(2), { header: 1 }, /damaged and lost/],
  ['a middle segment of something else', (disk) => disk.put(1, Buffer.from('<!doctype html>'.repeat(90))), valuesOf(1), { header: 1 }, /damaged and lost/],
  ['a segment that stands there twice', (disk) => disk.put(1, Buffer.concat([disk.bytes(1), disk.bytes(1)])), [], { order: 4 }, /stands there twice/],
  ['files and folders of others', foreign, [], {}, undefined],
]; // prettier-ignore

/** Every record has the mark of another version. */
function versioned(bytes: Buffer): Buffer {
  const magic = bytes.subarray(0, 4);
  const copy = Buffer.from(bytes);
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) copy[at + 3] = 0x46;
  return copy;
}

async function foreign({ folder }: Disk): Promise<void> {
  await writeFile(join(folder, 'README.txt'), 'hello');
  await writeFile(join(folder, '000000000002.log'), 'an old name');
  await mkdir(join(folder, '000000000009-00000000-0000-4000-8000-000000000000.log'));
  await symlink('/nowhere/at/all', join(folder, '000000000008-00000000-0000-4000-8000-000000000000.log'));
}

test.each(CASES)(
  '%s',
  async (what, damage, lost, kinds, expected) => {
    const dir = join(root, what.replaceAll(' ', '-'));
    const folder = join(dir, 'intake');
    await mkdir(folder, { recursive: true });
    for (const { name, bytes } of pristine) await writeFile(join(folder, name), bytes);
    const at = (segment: number) => pristine[segment]!;
    await damage({
      folder,
      bytes: (segment) => at(segment).bytes,
      put: (segment, bytes) => writeFile(join(folder, at(segment).name), bytes),
      remove: (segment) => rm(join(folder, at(segment).name)),
    });
    said = [];
    const whole = Array.from({ length: SEGMENTS }, (_, i) => valuesOf(i)).flat();
    const kept = whole.filter((value) => !lost.includes(value));
    let store = await open(dir);
    const values = async (): Promise<number[]> => {
      const found = await store.select([{ name: '__name__', op: '=', value: 'm' }], NOW - 1, NOW + 10_000);
      return found.flatMap((one) => [...one.values.subarray(one.from, one.to)]).sort((a, b) => a - b);
    };
    try {
      expect(await values()).toEqual(kept);
      const { damage: told, damagedBytes } = await store.stats();
      expect(told).toEqual(kinds);
      const loses = Object.keys(kinds).some((kind) => kind !== 'order');
      expect(damagedBytes > 0).toBe(Object.keys(kinds).some((kind) => !['order', 'missing', 'empty'].includes(kind)));
      expect(store.health()).toMatchObject(
        loses ? { state: 'degraded', detail: expect.stringMatching(/damaged|lost when nines started/) as string } : { state: 'ok' },
      );
      if (expected === undefined) expect(said.filter((text) => /intake log/.test(text))).toEqual([]);
      else expect(said.join('\n')).toMatch(expected);
      // It goes on as usual, and a second start finds the same.
      if (!loses) return;
      const id = store.resolve({ __name__: 'm', segment: '0' });
      await store.append({ ids: Uint32Array.of(id), times: Float64Array.of(NOW + 5_000), values: Float64Array.of(5_000) });
      await store.stop();
      store = await open(dir);
      expect(await values()).toEqual([...kept, 5_000]);
      expect((await store.stats()).damagedBytes).toBe(0);
    } finally {
      await store.stop();
    }
  },
  30_000,
);

test('a segment that the disk does not give back costs itself, and is set aside', async () => {
  const dir = join(root, 'unreadable');
  const folder = join(dir, 'intake');
  await mkdir(folder, { recursive: true });
  for (const { name, bytes } of pristine) await writeFile(join(folder, name), bytes);
  const broken = pristine[1]!.name;
  const { diskFiles } = await import('../log/log-files.ts');
  const disk = diskFiles(folder);
  const eio = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  const files = { ...disk, read: (name: string, ...rest: [never?]) => (name === broken ? Promise.reject(eio) : disk.read(name, ...rest)) };
  said = [];
  const store = createStore({ dir, clock: systemClock, log, files, openColumns: engine, settings: { flushInterval: 1e9 } });
  await store.start();
  const found = await store.select([{ name: '__name__', op: '=', value: 'm' }], NOW - 1, NOW + 10_000);
  expect(found.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(3 * EACH);
  expect((await store.stats()).damage).toEqual({ unreadable: 1 });
  expect(store.health().detail).toContain('unreadable');
  expect(said.join('\n')).toContain("can't be read");
  await store.stop();
  expect(await readdir(folder)).toEqual([`${broken}.unreadable`]);
}, 30_000);
