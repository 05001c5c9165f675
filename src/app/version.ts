import { createRequire } from 'node:module';

interface Package {
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** From package.json, which is two folders up from the source and three from the build. */
function readVersion(): string {
  for (const file of ['../../package.json', '../../../package.json']) {
    try {
      return (require(file) as Package).version;
    } catch {
      // The other place, then.
    }
  }
  return 'unknown';
}

export const VERSION = readVersion();
