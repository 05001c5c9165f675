import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Vitest's global set-up: one folder for what test processes leave behind when they end, and its end. */
export function setup(): () => void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-tests-'));
  process.env['NINES_TEST_FOLDER'] = folder;
  return () => fs.rmSync(folder, { recursive: true, force: true });
}
