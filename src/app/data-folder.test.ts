import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeDataFolder } from './data-folder.ts';

test('the data folder is made; where it cannot be, its path is told and what to do', () => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-data-folder-'));
  const folder = path.join(parent, 'a', 'b');
  makeDataFolder(folder);
  makeDataFolder(folder);
  expect(fs.statSync(folder).isDirectory()).toBe(true);
  const file = path.join(parent, 'file');
  fs.writeFileSync(file, '');
  for (const [wrong, code] of [
    [path.join(file, 'data'), 'ENOTDIR'],
    [file, 'EEXIST'],
  ] as const)
    expect(() => makeDataFolder(wrong)).toThrow(
      `Nothing can be kept in ${wrong} (${code}): name a folder that nines may write to, with --data or NINES_DATA.`,
    );
  fs.rmSync(parent, { recursive: true });
});
