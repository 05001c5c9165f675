import fs from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

/**
 * The pager in one file beside the built program: of its start, which each kill costs again, two thirds would be to look for a
 * thousand modules. What it does is the same. Answers the file; its folder is the caller's to remove.
 */
export async function bundlePager(): Promise<string> {
  const outDir = fs.mkdtempSync(path.resolve('dist/pager-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    build: { ssr: 'test/faults/support/pager.mjs', outDir, target: 'node20', minify: false },
    // With a library of its own, which is found from its place.
    ssr: { noExternal: true, external: ['chdb', 'pg-native'] },
  });
  return path.join(outDir, 'pager.js');
}
