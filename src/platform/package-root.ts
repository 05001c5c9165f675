import fs from 'node:fs';
import path from 'node:path';

interface Package {
  readonly folder: string;
  readonly version: string;
}

/** The nearest folder above this code, be it the source or what was built of it, whose package.json is that of nines. */
function findPackage(): Package {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    const { name, version = 'unknown' } = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { name?: string; version?: string })
      : {};
    if (name === 'nines') return { folder, version };
    if (folder === path.dirname(folder)) throw new Error(`nines can't find its own package.json above ${import.meta.dirname}.`);
  }
}

const { folder, version } = findPackage();

/** Where what is no code is found from: the built web, docs, the examples' documents. */
export const PACKAGE_ROOT = folder;
export const VERSION = version;
