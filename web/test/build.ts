import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the UI as it is shipped, into a folder of its own: so that what is tested is what the source says now. */
export async function buildWeb(): Promise<{ root: string } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'nines-web-'));
  const vite = here('../../node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', here('../vite.config.ts'), '--outDir', root], {
    // vitest sets NODE_ENV to test, with which React would be built for development.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Where a Chromium is, or undefined: then browser tests are skipped, by name. */
export function findChromium(): string | undefined {
  const places = [process.env['NINES_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return places.find((place) => place !== undefined && existsSync(place));
}

export const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
export const SIZES = { phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 800 } } as const;
