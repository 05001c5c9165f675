import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChdb } from './chdb-columns.ts';
import type { Columns } from './columns.ts';

const TYPESCRIPT = new URL('../../../bench/typescript.mjs', import.meta.url).href;
let dir: string;
let columns: Columns;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-columns-'));
  columns = await openChdb({ dir });
  await columns.exec('CREATE TABLE t (id UInt32, name String, value Float64) ENGINE = MergeTree ORDER BY id');
});

afterAll(async () => {
  await columns.close();
  await rm(dir, { recursive: true, force: true });
});

const HOSTILE = ["it's", 'a\n\nDROP TABLE t', "\\'; DROP TABLE t; --", '{}\n\nDROP TABLE t\n', '\0\t\r\b', 'żółć 🎈', ''];

test.each(HOSTILE)('data never runs as SQL: %j', async (name) => {
  const rows = await columns.query<{ same: number; back: string }>('SELECT {name:String} AS back, {name:String} = back AS same', { name });
  expect(rows).toEqual([{ same: 1, back: name }]);
  await columns.withInput([{ name: 'name', type: 'String', data: [name] }], (input) => `INSERT INTO t SELECT 7, name, 0 FROM ${input}`);
  const found = await columns.query<{ n: string }>('SELECT count() AS n FROM t WHERE name = {name:String} AND id = 7', { name });
  expect(found).toEqual([{ n: '1' }]);
});

test('a list of hostile texts is a list of texts', async () => {
  const rows = await columns.query<{ v: string }>('SELECT arrayJoin({names:Array(String)}) AS v', {
    names: HOSTILE.filter((name) => !name.includes('\0')),
  });
  expect(rows.map((row) => row.v)).toEqual(HOSTILE.filter((name) => !name.includes('\0')));
});

test('typed arrays go in and out bit by bit', async () => {
  const bits = new Float64Array(3);
  new Uint32Array(bits.buffer).set([2, 0x7ff00000, 1, 0x7ff80000, 0, 0x80000000]);
  await columns.withInput(
    [
      { name: 'id', type: 'UInt32', data: Uint32Array.of(101, 102, 103) },
      { name: 'value', type: 'Float64', data: bits },
    ],
    (input) => `INSERT INTO t SELECT id, 'bits', value FROM ${input}`,
  );
  const blocks = await columns.blocks("SELECT id, value FROM t WHERE name = 'bits' ORDER BY id");
  const value = blocks[0]?.columns[1]?.data as Float64Array;
  expect([...new Uint32Array(value.buffer)]).toEqual([2, 0x7ff00000, 1, 0x7ff80000, 0, 0x80000000]);
});

test('more callers than sessions wait for their turn', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => columns.query<{ n: string }>('SELECT {n:UInt32} AS n', { n })));
  expect(answers.map((rows) => Number(rows[0]?.n))).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test('a failing statement says what the engine said, and harms no other', async () => {
  await expect(columns.exec('SELECT nonsense FROM t')).rejects.toMatchObject({ slug: 'engine-failed', status: 503 });
  await expect(columns.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
});

test('a slow statement is stopped in the engine', async () => {
  const slow = columns.query('SELECT count() FROM numbers(1000000000000)', {}, { timeoutMs: 200 });
  await expect(slow).rejects.toMatchObject({ slug: 'engine-timeout' });
  // The session's next statement has a time of its own.
  const after = Array.from({ length: 4 }, () => columns.query('SELECT sleep(0.5) AS slept'));
  expect(await Promise.all(after)).toEqual([[{ slept: 0 }], [{ slept: 0 }], [{ slept: 0 }], [{ slept: 0 }]]);
});

test.each<[string, string, number]>([
  ['fails midway', "SELECT throwIf(number = 20000, 'odd') AS a, number FROM numbers(30000) SETTINGS max_block_size = 100", 30_000],
  ['takes too long', 'SELECT sleepEachRow(0.02) AS a, number FROM numbers(1000) SETTINGS max_block_size = 1', 200],
])('what a query that %s had answered is in no other answer', async (_, sql, timeoutMs) => {
  for (let session = 0; session < 3; session++) await expect(columns.query(sql, {}, { timeoutMs })).rejects.toMatchObject({ status: 503 });
  for (let session = 0; session < 3; session++) await expect(columns.blocks(sql, {}, { timeoutMs })).rejects.toMatchObject({ status: 503 });
  const rows = await Promise.all(Array.from({ length: 6 }, () => columns.query('SELECT 1 AS one')));
  expect(rows).toEqual(Array.from({ length: 6 }, () => [{ one: 1 }]));
  const blocks = await Promise.all(Array.from({ length: 6 }, () => columns.blocks('SELECT toUInt32(1) AS one')));
  for (const answer of blocks) expect(answer.map(({ rows, columns: [one] }) => [rows, one?.name, one?.data[0]])).toEqual([[1, 'one', 1]]);
});

test('slow queries do not hold up what writes', async () => {
  const slow = Array.from({ length: 6 }, () => columns.query('SELECT sleep(1)'));
  const began = performance.now();
  await columns.exec("INSERT INTO t VALUES (9, 'quick', 1)");
  expect(performance.now() - began).toBeLessThan(1000);
  await Promise.all(slow);
});

test('a second process is refused, and told which directory is taken', () => {
  const script = `import('${new URL('chdb-columns.ts', import.meta.url).href}')
    .then(({ openChdb }) => openChdb({ dir: ${JSON.stringify(dir)} }))
    .then(() => console.log('opened'), (error) => console.log(error.slug, error.message));`;
  const child = spawnSync(process.execPath, ['--import', TYPESCRIPT, '-e', script], { encoding: 'utf8', timeout: 30_000 });
  expect(child.stdout).toContain('data-in-use');
  expect(child.stdout).toContain(dir);
});
