import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openEmbedded } from '../../src/platform/sql/index.ts';

/** Making a cluster takes seconds of work, copying one does not: made once a machine and version, copied for each engine. One that was not shut down would be synced, file by file, at each start. */
const TEMPLATE = path.join(os.tmpdir(), 'nines-test-template-18-shut-down');

/** Puts an empty cluster into the directory of an embedded PostgreSQL that has not been opened yet. */
export async function copyTemplateCluster(directory: string): Promise<void> {
  if (!fs.existsSync(path.join(TEMPLATE, 'pgdata'))) {
    const making = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-template-'));
    await (await openEmbedded(making)).close();
    // Another test process may have been first: then its template serves as well.
    try {
      fs.renameSync(making, TEMPLATE);
    } catch {
      fs.rmSync(making, { recursive: true });
    }
  }
  fs.cpSync(path.join(TEMPLATE, 'pgdata'), path.join(directory, 'pgdata'), { recursive: true });
}
