import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { Store } from '../store/index.ts';
import { isAllowedFunction } from './allowed-functions.ts';
import { createSql, DEFAULT_SQL_SETTINGS, type SqlSettings } from './run-sql.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
let store: Store;
const NOW = Math.floor(Date.now() / 60_000) * 60_000;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-sql-'));
  store = new Store({ dir, clock: systemClock, log });
  await store.start();
  const ids = ['api', 'db'].map((job) => store.resolve({ __name__: 'hits_total', job }));
  for (let i = 0; i < 10; i++) {
    await store.append({
      ids: Uint32Array.from(ids),
      times: Float64Array.of(NOW - i * 1000, NOW - i * 1000),
      values: Float64Array.of(i, i * 10),
    });
  }
  store.describe([{ metric: 'hits_total', type: 'counter', help: "It's hits.", unit: '' }]);
  await store.append({ ids: Uint32Array.of(ids[0]!), times: Float64Array.of(NOW + 1), values: Float64Array.of(Number.NaN) });
});
afterAll(async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

const ask = async (sql: string, settings: Partial<SqlSettings> = {}): Promise<unknown[][]> => {
  const bytes = await createSql(store, { ...DEFAULT_SQL_SETTINGS, ...settings })(sql, 'JSONCompact');
  return (JSON.parse(bytes.toString()) as { data: unknown[][] }).data;
};

test.each<[string, unknown[][]]>([
  ['SELECT count() FROM samples', [['21']]],
  ["SELECT labels['job'] AS job, max(value) FROM points WHERE metric = 'hits_total' AND NOT isNaN(value) GROUP BY job ORDER BY job", [['api', 9], ['db', 90]]],
  ['WITH s AS (SELECT series, avg(value) AS a FROM samples WHERE isFinite(value) GROUP BY series) SELECT count() FROM s WHERE a > 10', [['1']]],
  ["SELECT help FROM metadata WHERE metric = 'hits_total'", [["It's hits."]]],
  ["SELECT 'a; DROP TABLE samples -- \n\n/*' AS text;", [['a; DROP TABLE samples -- \n\n/*']]],
  ['SELECT value FROM samples ORDER BY isNaN(value) DESC, value DESC LIMIT 2', [['nan'], [90]]],
  ['SELECT count() FROM exemplars', [['0']]],
  ['SELECT sumIf(value, value > 5), countOrNullIf(value, value > 1e9), quantiles(0.5, 0.9)(value)[1] FROM samples WHERE value = value AND value < 10', [[30, null, 4]]],
  ['SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2) ORDER BY x', [[1], [2]]],
  ['SELECT arrayMap(x -> x * 2, [1, 2]), toStartOfHour(toDateTime(0)) = toDateTime(0), 1 + 1, toUInt8(3)::String', [[[2, 4], 1, 2, '3']]],
])('%s', async (sql, rows) => {
  const shown = (await ask(sql)).map((row) => row.map((cell) => (Array.isArray(cell) ? cell.map(Number) : cell)));
  expect(shown).toEqual(rows);
}); // prettier-ignore

test('rollups: a row a bucket, the one of the most samples', async () => {
  const columns = 'series, end, first_before, last_before, count, sum, min, max, first, last, resets, stale, items';
  const end = Math.floor(NOW / 3_600_000) * 3600;
  const row = (count: number, sum: number): string => `(1, toDateTime(${end}, 'UTC'), 0, 0, ${count}, ${sum}, 1, 9, 2, 3, 0, 0, ${count})`;
  for (const resolution of ['1m', '5m', '1h']) {
    await store.engine!.exec(`INSERT INTO rollup_${resolution} (${columns}) VALUES ${row(3, 6)}, ${row(4, 12)}`);
    await store.engine!.exec(`INSERT INTO rollup_${resolution} (${columns}) VALUES ${row(2, 5)}`);
    const sql = `SELECT metric, labels['job'], toUnixTimestamp(time), count, sum / count, min, max, last FROM points_${resolution}`;
    expect(await ask(sql)).toEqual([['hits_total', 'api', end, 4, 3, 1, 9, 3]]);
  }
});

const PAGE = readFileSync(new URL('../../../docs/sql.md', import.meta.url), 'utf8');
const examples = [...PAGE.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql);
test('there are ten examples in the documentation', () => expect(examples).toHaveLength(10));
test.each(examples)('as documented: %s', async (sql) => {
  // Each finds something in what `nines up` has after a day, and runs here on what there is.
  expect(await ask(sql)).toBeInstanceOf(Array);
});

/** What must never run, by kind. */
const ATTACKS = [
  "SELECT file('/etc/passwd')",
  "SELECT FILE('/etc/passwd')",
  "SELECT `file`('/etc/passwd')",
  "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
  "SELECT * FROM s3('http://127.0.0.1:1/a', 'CSV')",
  "SELECT * FROM remote('127.0.0.1:9000', system.one)",
  "SELECT * FROM executable('id', 'TSV', 'a String')",
  "SELECT * FROM jdbc('jdbc:x', 'a', 'b')",
  "SELECT * FROM odbc('DSN=x', 'a', 'b')",
  "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM sqlite('/etc/passwd', 'a')",
  "SELECT * FROM dictionary('d')",
  "SELECT dictGet('d', 'a', 1)",
  "SELECT joinGet('j', 'a', 1)",
  "SELECT * FROM merge('system', '.*')",
  "SELECT * FROM merge(REGEXP('.*'), '.*')",
  "SELECT * FROM input('a String')",
  'SELECT * FROM numbers(1e12)',
  "SELECT * FROM generateRandom('a UInt8')",
  "SELECT * FROM cluster('default', system.one)",
  'SELECT * FROM view(SELECT 1)',
  'SELECT * FROM loop(samples)',
  "SELECT * FROM fuzzJSON('x')",
  "SELECT * FROM python('x')",
  'SELECT * FROM Python(x)',
  'SELECT * FROM system.tables',
  'SELECT * FROM SYSTEM.tables',
  'SELECT * FROM "system"."tables"',
  'SELECT * FROM `system`.`tables`',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM INFORMATION_SCHEMA.TABLES',
  'SELECT 1 WHERE 1 IN system.numbers',
  'SELECT 1 WHERE 1 NOT IN `system`.`numbers`',
  'SELECT (SELECT count() FROM system.tables)',
  'WITH t AS (SELECT * FROM system.tables) SELECT * FROM t',
  'SELECT 1 UNION ALL SELECT count() FROM system.tables',
  'SELECT 1 EXCEPT SELECT count() FROM system.tables',
  'SELECT * FROM samples JOIN system.tables ON 1 = 1',
  'SELECT * FROM samples, system.one',
  'SELECT * FROM (EXPLAIN SELECT 1)',
  'SELECT * FROM (SHOW TABLES)',
  'SELECT 1; DROP TABLE samples',
  'SELECT 1;;DROP TABLE samples',
  'SELECT 1\n;\n\nDROP TABLE samples',
  'SELECT 1 -- \n; DROP TABLE samples',
  'SELECT 1 /* ; */ ; DROP TABLE samples',
  'INSERT INTO samples VALUES (1, 1, 1)',
  'INSERT INTO samples FORMAT CSV\n1,1,1\n\nDROP TABLE samples',
  'INSERT INTO samples SELECT 1, now64(), 1',
  "INSERT INTO FUNCTION file('/tmp/x') SELECT 1",
  'DROP TABLE samples',
  'DROP DATABASE default',
  'TRUNCATE TABLE samples',
  'DELETE FROM samples WHERE 1',
  'ALTER TABLE samples DELETE WHERE 1',
  'CREATE TABLE x (a UInt8) ENGINE = Memory',
  'CREATE FUNCTION f AS x -> x',
  "CREATE DICTIONARY d (a UInt8) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
  'RENAME TABLE samples TO x',
  "ATTACH TABLE x FROM '/etc'",
  'DETACH TABLE samples',
  'OPTIMIZE TABLE samples FINAL',
  "BACKUP TABLE samples TO File('/tmp/x')",
  'SYSTEM SHUTDOWN',
  'KILL QUERY WHERE 1',
  'SET max_result_rows = 0',
  'USE system',
  'GRANT ALL ON *.* TO x',
  'SHOW TABLES',
  'SHOW CREATE TABLE samples',
  'DESCRIBE TABLE samples',
  'EXPLAIN SELECT 1',
  'EXISTS TABLE samples',
  'SELECT 1 SETTINGS max_execution_time = 0',
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT * FROM (SELECT 1 SETTINGS max_threads = 64)',
  "SELECT 1 INTO OUTFILE '/tmp/nines-outfile'",
  "SELECT 1 INTO OUTFILE '/tmp/nines-outfile' TRUNCATE FORMAT CSV",
  'SELECT 1 FORMAT JSON',
  'SELECT 1 FORMAT Null',
  'SELECT * FROM (SELECT 1 FORMAT JSON)',
  'SELECT sleep(3)',
  'SELECT sleepEachRow(1) FROM samples',
  'SELECT throwIf(1)',
  'SELECT hostName()',
  'SELECT version()',
  'SELECT currentUser()',
  "SELECT getSetting('readonly')",
  "SELECT getServerSetting('max_server_memory_usage')",
  "SELECT getMacro('x')",
  'SELECT showCertificate()',
  'SELECT filesystemAvailable()',
  "SELECT hasColumnInTable('system', 'tables', 'name')",
  "SELECT fuzzQuery('SELECT 1')",
  "SELECT aiGenerate('x', 'y')",
  "SELECT chdb('SELECT 1')",
  "SELECT demangle('x')",
  "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
  "SELECT sum(length(file('/etc/passwd'))) OVER () FROM samples",
  "SELECT 1 ORDER BY file('/etc/passwd')",
  "SELECT 1 FROM samples ARRAY JOIN [file('/etc/passwd')] AS x",
  "SELECT 1 FROM samples LIMIT length(file('/etc/passwd'))",
  'SELECT {x:String}',
  'SELECT {x:Identifier} FROM samples',
  'SELECT * FROM {t:Identifier}',
  'SELECT 1\u0000; DROP TABLE samples',
  'SELECT \u202e1; DROP TABLE samples',
  'ＳＥＬＥＣＴ 1',
  'SELECT * FROM `a\nFunction x`',
  'SELECT "\u2028 system.x" FROM samples',
  '',
  ' \n\n ',
  ';',
  '--',
  '((((SELECT 1))) ; SELECT 2',
  '('.repeat(5000) + 'SELECT 1' + ')'.repeat(5000),
  `SELECT ${Array.from({ length: 40_000 }, () => '1').join('+')}`,
];
test.each(ATTACKS)('%s is refused', async (sql) => {
  const began = performance.now();
  const error = await ask(sql).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect([400, 413, 422]).toContain((error as Problem).status);
  expect((error as Problem).message).not.toContain('root:');
  expect(performance.now() - began).toBeLessThan(5000);
});

test('nothing was changed by any of it', async () => {
  expect(await ask('SELECT count() FROM samples')).toEqual([['21']]);
});

test.each<[string, Partial<SqlSettings>, string]>([
  ['SELECT count() FROM samples a, samples b, samples c, samples d, samples e, samples f, samples g', { timeout: 300 }, 'sql.timeout'],
  ['SELECT * FROM samples', { maxRows: 3 }, 'sql.maxRows or sql.maxBytes'],
  ['SELECT leftPad(toString(value), 1000) FROM samples', { maxBytes: 1000 }, 'sql.maxRows or sql.maxBytes'],
  ['SELECT count() FROM samples WHERE value > 3', { maxRead: 5 }, 'sql.maxRead'],
  [
    'SELECT length(groupArray(leftPad(toString(x), 1000))) FROM (SELECT arrayJoin(range(100000)) AS x FROM samples)',
    { maxMemory: 16_000_000 },
    'sql.maxMemory',
  ],
])('%s stops at a limit', async (sql, settings, name) => {
  const error = await ask(sql, settings).catch((caught: unknown) => caught);
  expect((error as Problem).extra, (error as Problem).message).toMatchObject({ setting: name });
});

test('so many at a time', async () => {
  const run = createSql(store, { ...DEFAULT_SQL_SETTINGS, maxConcurrency: 1 });
  const [first, second] = await Promise.allSettled([run('SELECT 1', 'JSONCompact'), run('SELECT 1', 'JSONCompact')]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ status: 'rejected', reason: { status: 429 } });
});

test('what failed leaves nothing to the next answer', async () => {
  await ask('SELECT * FROM samples', { maxRows: 3 }).catch(() => undefined);
  expect((await createSql(store, DEFAULT_SQL_SETTINGS)('SELECT 7 AS x', 'CSVWithNames')).toString()).toBe('"x"\n7\n');
});

test.each([
  ['sumIf', true],
  ['sum', true],
  ['SUM', true],
  ['avgOrNullIf', true],
  ['fileIf', false],
  ['file', false],
  ['lengthIf', false],
  ['If', false],
])('function %s: %s', (name, allowed) => expect(isAllowedFunction(name)).toBe(name === 'If' ? true : allowed));
