// Makes the program of dist/ of the sources: a few files, since of a start half would be to look for a thousand. Packages stay
// packages, what is imported late stays apart, and each file has a map to its sources. See docs/decisions/toolchain.md.
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
const OUT = path.join(root, 'dist');

/** What is started by name: by people, as a thread, or as a process. A thread's file lies beside the code that starts it, as in the source. */
const ENTRIES = {
  'cli/main': 'cli/main.ts',
  'cli/statsd-worker': 'src/monitoring/statsd/statsd-worker.ts',
  'cli/png-worker': 'src/monitoring/charts/png-worker.mjs',
  'cli/pglite-worker': 'src/platform/sql/pglite-worker.mjs',
  'cli/make-cluster': 'src/platform/sql/make-cluster.mjs',
  'examples/demo/main': 'examples/demo/main.ts',
  'examples/demo/tied': 'examples/demo/tied.ts',
  'examples/shortener/main': 'examples/shortener/main.ts',
};

const bundle = await rolldown({
  cwd: root,
  input: ENTRIES,
  platform: 'node',
  transform: { target: 'node20.19' },
  // Packages, and Node's own.
  external: /^[^./]/,
});
const { output } = await bundle.write({
  dir: OUT,
  entryFileNames: ({ name, facadeModuleId }) => name + path.extname(facadeModuleId).replace('.ts', '.js'),
  // Without a hash: a nines that runs while it is built anew finds what it loads later.
  chunkFileNames: 'cli/[name].js',
  sourcemap: true,
  // They lie beside: a map is half as large without them.
  sourcemapExcludeSources: true,
  // In a stack trace a name stands as in the source.
  keepNames: true,
});
await bundle.close();

const files = new Set(output.map(({ fileName }) => path.join(OUT, fileName)));
refuseMissing();
removeStale();

/** A thread's or a process' file that is no entry would be missed only when it is started. */
function refuseMissing() {
  for (const { fileName, code = '' } of output)
    for (const [, name] of code.matchAll(/new URL\(\s*['"`]([^'"`]+\.m?js)['"`],\s*import\.meta\.url/g))
      if (!files.has(path.resolve(OUT, path.dirname(fileName), name)))
        throw new Error(`${fileName} starts ${name}, which is not built: add it to ENTRIES of scripts/bundle.mjs.`);
}

/** What an earlier build made and this one does not. */
function removeStale() {
  for (const folder of ['cli', 'src', 'examples'].map((name) => path.join(OUT, name)).filter((name) => fs.existsSync(name)))
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && !files.has(file)) fs.rmSync(file);
    }
}
