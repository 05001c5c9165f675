import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWeb } from './build.ts';

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const KB = 1_000;
let web: Awaited<ReturnType<typeof buildWeb>>;
let manifest: Readonly<Record<string, Chunk>>;

beforeAll(async () => {
  web = await buildWeb();
  manifest = JSON.parse(await readFile(join(web.root, '.vite/manifest.json'), 'utf8')) as typeof manifest;
});
afterAll(() => web[Symbol.asyncDispose]());

/** The chunk and all that it imports at once. */
function needs(key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key]?.imports ?? []) needs(next, found);
  return found;
}

async function gzipped(files: Iterable<string>): Promise<number> {
  let sum = 0;
  for (const file of files) sum += gzipSync(await readFile(join(web.root, file))).length;
  return sum;
}

const scripts = (keys: Iterable<string>): string[] => [...keys].map((key) => manifest[key]?.file ?? '');
const first = (): Set<string> => needs('index.html');

test('the first route needs at most 110 KB of script, compressed', async () => {
  const size = await gzipped([...scripts(first()), 'boot.js']);
  expect(size).toBeGreaterThan(40 * KB);
  expect(size).toBeLessThanOrEqual(110 * KB);
});

test('the styles are at most 10 KB, compressed', async () => {
  const styles = [...first()].flatMap((key) => manifest[key]?.css ?? []);
  expect(styles).not.toEqual([]);
  expect(await gzipped(styles)).toBeLessThanOrEqual(10 * KB);
});

test.each([
  ['src/modules/incidents/incident-page.tsx', 20],
  ['src/modules/oncall/page-page.tsx', 20],
  ['src/modules/catalog/service-page.tsx', 20],
  ['src/modules/postmortems/postmortem-page.tsx', 20],
  ['src/ui/graph-canvas.tsx', 30],
])('%s adds at most %i KB to what the first route has', async (key, budget) => {
  expect(manifest).toHaveProperty([key]);
  const more = [...needs(key)].filter((one) => !first().has(one));
  expect(await gzipped(scripts(more))).toBeLessThanOrEqual(budget * KB);
});

test('neither zod nor the drawing code is in the first route', async () => {
  for (const file of scripts(first())) {
    const text = await readFile(join(web.root, file), 'utf8');
    expect(text).not.toContain('ZodError');
    expect(text).not.toContain('u-legend');
  }
});

test('the page has no inline script, which its policy would refuse', async () => {
  const html = await readFile(join(web.root, 'index.html'), 'utf8');
  const tags = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)];
  expect(tags.length).toBeGreaterThan(0);
  for (const [, attributes = '', content = ''] of tags) {
    expect(attributes).toContain('src="/');
    expect(content.trim()).toBe('');
  }
});
