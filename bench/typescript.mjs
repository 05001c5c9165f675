// `node --import ./bench/typescript.mjs file.ts` runs TypeScript on a Node that can't strip types by itself: for the
// bench and for tests that need a second process, before anything is built.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

/** What was made before, by its source: a test that starts twenty processes would wait for it twenty times. */
const CACHE = new URL('../node_modules/.cache/nines-typescript/', import.meta.url);

/** Module hook: erases the types of `.ts` files, leaves everything else to Node. */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  const cached = new URL(`${createHash('sha256').update(`${path}\0${text}`).digest('hex')}.js`, CACHE);
  const source = (await readFile(cached, 'utf8').catch(() => undefined)) ?? (await eraseTypes(path, text, cached));
  return { format: 'module', source, shortCircuit: true };
}

async function eraseTypes(path, text, cached) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, {
    filename: path,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', transform: { verbatimModuleSyntax: true } },
    module: { type: 'es6' },
  });
  await mkdir(CACHE, { recursive: true });
  // Renamed into place: another process may be reading.
  const written = new URL(`${cached.href}.${process.pid}`);
  await writeFile(written, code);
  await rename(written, cached);
  return code;
}
