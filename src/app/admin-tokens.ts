import fs from 'node:fs';
import path from 'node:path';
import { newSecret } from '../platform/id.ts';
import type { Settings } from './settings.ts';

/** The file in the data folder by which `nines` on this machine comes in: `<address> <token>`, readable by its owner only. */
export const LOCAL_TOKEN_FILE = 'local-token';

/**
 * The tokens that are in no database: `NINES_ADMIN_TOKEN`, and one made at every start for the command on this machine.
 * Whoever can read the data folder can change everything in it anyway; with this file the command need not be told a token.
 */
export function adminTokens({ adminToken, data, port }: Pick<Settings, 'adminToken' | 'data' | 'port'>): Record<string, string> {
  const local = newSecret();
  const file = path.join(data, LOCAL_TOKEN_FILE);
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, `http://localhost:${port} ${local}\n`, { mode: 0o600 });
  return { local, ...(adminToken !== undefined && { NINES_ADMIN_TOKEN: adminToken }) };
}
