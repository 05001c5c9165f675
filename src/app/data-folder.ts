import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../platform/problem.ts';

/** Makes the folder for everything that must survive, where there is none. @throws Problem 500 where nothing can be kept there */
export function makeDataFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const where = path.resolve(folder);
    throw new Problem(
      500,
      'data-folder',
      `Nothing can be kept in ${where} (${code}): name a folder that nines may write to, with --data or NINES_DATA.`,
    );
  }
}
