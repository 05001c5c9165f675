import { readFile, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const WORTH = 1_000;

/** Puts `.br` and `.gz` beside what a browser loads, so that the server sends them as they are and compresses nothing itself. */
export function compress(): Plugin {
  let folder = '';
  return {
    name: 'nines:compress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true });
      for (const name of names.filter((one) => /\.(js|css|svg)$/.test(one))) {
        const file = join(folder, name);
        const content = await readFile(file);
        if (content.length < WORTH) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
        await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
      }
    },
  };
}
