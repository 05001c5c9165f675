import { dirname, join } from 'node:path';
import { openChdb } from '../../../platform/columns/index.ts';

/** Makes a store's files in `dir`, where there must be none, from what `Store.backup` wrote. Returns how many samples there are. */
export async function restoreStore(dir: string, folder: string): Promise<number> {
  const columns = await openChdb({ dir: join(dir, 'engine'), backups: dirname(folder) });
  try {
    await columns.restore(folder);
    const [row] = await columns.query<{ n: string }>('SELECT count() AS n FROM samples');
    return Number(row?.n ?? 0);
  } finally {
    await columns.close();
  }
}
