import { Breath, type Columns } from '../../platform/columns/index.ts';
import { RESOLUTIONS, tableOf } from '../rollups/index.ts';

/** What a metric takes on disk. */
export interface Stored {
  /** Raw samples. */
  samples: number;
  /** Buckets of rollups, of all resolutions. */
  buckets: number;
  /** Its share of the bytes of samples and of rollups. */
  bytes: number;
}

interface Part {
  readonly rows: number;
  readonly bytes: number;
  /** Rows by metric. */
  readonly counts: ReadonlyMap<string, number>;
}

interface PartRow {
  readonly tab: string;
  readonly id: string;
  readonly n: string;
  readonly size: string;
}

const TABLES = ['samples', ...RESOLUTIONS.map(tableOf)];
/** One partition, a day of samples as a rule, is counted in so long or not at all. */
const TIMEOUT_MS = 60_000;

/**
 * Rows on disk by metric. A partition is counted once, and again only when its rows changed: a refresh reads the running day and what
 * came late, one thread and one column of it, whatever there is besides. Its bytes are shared out by rows.
 */
export class EngineTally {
  #parts = new Map<string, Part>();

  /** @param nameOf the metric of a series; empty for one that isn't known any more */
  async refresh(columns: Columns, nameOf: (id: number) => string): Promise<void> {
    const rows = await columns.query<PartRow>(
      `SELECT table AS tab, partition_id AS id, sum(rows) AS n, sum(bytes_on_disk) AS size FROM system.parts
        WHERE active AND database = currentDatabase() AND table IN (${TABLES.map((table) => `'${table}'`).join(', ')})
        GROUP BY table, partition_id ORDER BY table, partition_id`,
    );
    const next = new Map<string, Part>();
    for (const { tab, id, n, size } of rows) {
      const key = `${tab}/${id}`;
      const known = this.#parts.get(key);
      const counts = known?.rows === Number(n) ? known.counts : await this.#count(columns, tab, id, nameOf);
      next.set(key, { rows: Number(n), bytes: Number(size), counts });
      // What is counted stays counted, should a later one take too long.
      this.#parts.set(key, next.get(key) as Part);
    }
    this.#parts = next;
  }

  totals(): Map<string, Stored> {
    const all = new Map<string, Stored>();
    for (const [key, { bytes, counts }] of this.#parts) {
      const raw = key.startsWith('samples/');
      let total = 0;
      for (const rows of counts.values()) total += rows;
      for (const [metric, rows] of counts) {
        let stored = all.get(metric);
        if (!stored) all.set(metric, (stored = { samples: 0, buckets: 0, bytes: 0 }));
        if (raw) stored.samples += rows;
        else stored.buckets += rows;
        stored.bytes += (bytes * rows) / total;
      }
    }
    return all;
  }

  async #count(columns: Columns, table: string, partition: string, nameOf: (id: number) => string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const breath = new Breath();
    const blocks = await columns.blocks(
      `SELECT series, toUInt32(count()) AS n FROM ${table} WHERE _partition_id = {partition:String} GROUP BY series SETTINGS max_threads = 1`,
      { partition },
      { timeoutMs: TIMEOUT_MS },
    );
    for (const { rows, columns: data } of blocks) {
      const [ids, numbers] = [data[0]?.data as Uint32Array, data[1]?.data as Uint32Array];
      for (let i = 0; i < rows; i++) {
        const name = nameOf(ids[i] as number);
        counts.set(name, (counts.get(name) ?? 0) + (numbers[i] as number));
        if (breath.due) await breath.take();
      }
    }
    return counts;
  }
}
