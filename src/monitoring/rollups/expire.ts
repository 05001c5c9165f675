import type { Columns } from '../../platform/columns/index.ts';
import { kept, longest, type Keep } from './keep.ts';
import { RESOLUTIONS } from './resolutions.ts';
import { tableOf } from './rollup-tables.ts';

/**
 * Deletes what classes keep for a shorter time than the tables do; what is too old for all goes by the tables' own expiry. `members`
 * gives the series of a class. A deletion that a crash interrupts goes on at the next start: so the list of its series is a table too,
 * under the number of its run, and never comes to mean something else. Samples after `rolledUp` stay where rollups are to be made of them.
 */
export async function expireClasses(
  columns: Columns,
  keeps: readonly Keep[],
  members: (place: number) => Uint32Array,
  now: number,
  rolledUp: number,
): Promise<void> {
  const most = longest(keeps);
  const run = Math.floor(now);
  await columns.exec(
    'CREATE TABLE IF NOT EXISTS expiring (run UInt64, class UInt8, series UInt32) ENGINE = MergeTree ORDER BY (run, class, series)',
  );
  await columns.exec('TRUNCATE TABLE expiring');
  for (const [place, keep] of keeps.entries()) {
    const tables = (['raw', ...RESOLUTIONS] as const).filter((one) => keep[one] < most[one]);
    const series = tables.length > 0 ? members(place) : new Uint32Array(0);
    if (series.length === 0) continue;
    await columns.withInput(
      [{ name: 'id', type: 'UInt32', data: series }],
      (input) => `INSERT INTO expiring SELECT ${run}, ${place}, id FROM ${input}`,
    );
    const theirs = `series IN (SELECT series FROM expiring WHERE run = ${run} AND class = ${place})`;
    for (const one of tables) {
      const table = one === 'raw' ? 'samples' : tableOf(one);
      const waiting = one === 'raw' && kept(keep).length > 0;
      const until = Math.floor(Math.min(run - keep[one], waiting ? rolledUp : Number.POSITIVE_INFINITY));
      if (!Number.isFinite(until)) continue;
      const old = one === 'raw' ? `time < fromUnixTimestamp64Milli(toInt64(${until}))` : `end < toDateTime(${Math.floor(until / 1000)})`;
      const parts = await columns.query<{ id: string }>(
        `SELECT DISTINCT _partition_id AS id FROM ${table} WHERE ${old} AND ${theirs} ORDER BY id`,
        {},
        { timeoutMs: 120_000 },
      );
      for (const { id } of parts) {
        if (!/^\w+$/.test(id)) continue;
        await columns.exec(`DELETE FROM ${table} IN PARTITION ID '${id}' WHERE ${old} AND ${theirs}`);
      }
    }
  }
}
