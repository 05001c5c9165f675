import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import type { Columns } from '../../platform/columns/index.ts';
import type { Keep } from './keep.ts';
import { Rollups } from './rollups.ts';

const HOUR = 3_600_000;
const all: Keep = { raw: 48 * HOUR, '1m': 0, '5m': 0, '1h': 0 };
const short: Keep = { ...all, raw: 12 * HOUR };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** An engine that notes the beginning of each statement, and does it in a turn of its own. */
function slowColumns(said: string[]): Columns {
  const statement = async (sql: string): Promise<void> => {
    said.push(sql.trim().split(' ', 2).join(' '));
    await new Promise((next) => setImmediate(next));
  };
  const columns: Partial<Columns> = {
    exec: statement,
    withInput: (_, sql) => statement(sql('input')),
    async query<Row extends object>(sql: string): Promise<Row[]> {
      await statement(sql);
      return [{ id: '20261121' }] as unknown as Row[];
    },
  };
  return columns as Columns;
}

test('what is let go twice at once is let go one after the other: the second would empty the list that the first goes by', async () => {
  const said: string[] = [];
  const rollups = new Rollups({
    columns: slowColumns(said),
    clock: new VirtualClock(0),
    log,
    keeps: [all, short],
    without: () => new Uint32Array(0),
    members: () => Uint32Array.of(7),
    flush: () => Promise.resolve(),
    onExpired: () => said.push('expired'),
  });
  await Promise.all([rollups.expire(100 * HOUR), rollups.expire(100 * HOUR)]);
  const once = ['CREATE TABLE', 'TRUNCATE TABLE', 'INSERT INTO', 'SELECT DISTINCT', 'DELETE FROM', 'expired'];
  expect(said).toEqual([...once, ...once]);
});
