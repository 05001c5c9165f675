import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Route } from 'playwright-core';
import { CHROMIUM, SIZES } from './screenshots.ts';

/** Pixels: beyond, a picture says no more. */
const LONGEST = 1_600;
const root = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** The UI that was built here, over the nines that runs there. */
async function serveBuilt(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url());
  if (/^\/(nines|api|a)\//.test(pathname)) return route.continue();
  return route.fulfill({ path: join(root, extname(pathname) === '' ? 'index.html' : pathname) });
}

/** Pictures of a nines that runs: `node web/dev/run.mjs real URL EMAIL PASSWORD OUT SIZES SCHEMES NAME=/path …`. */
export default async function real([
  url = '',
  email = '',
  password = '',
  out = '',
  sizes = '',
  schemes = '',
  ...pages
]: string[]): Promise<void> {
  await mkdir(out, { recursive: true });
  const browser = await chromium.launch(CHROMIUM);
  for (const size of ['phone', 'desktop'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      if (!sizes.includes(size) || !schemes.includes(colorScheme)) continue;
      const context = await browser.newContext({ viewport: SIZES[size], colorScheme });
      await context.route(`${url}/**`, (route) => serveBuilt(route));
      await context.request.post(`${url}/nines/v1/session`, { data: { email, password } });
      for (const named of pages) {
        const [name = '', path = '/'] = named.split(/=(.*)/);
        const page = await context.newPage();
        page.on('console', (message) => message.type() === 'error' && console.log(`${name}: ${message.text()}`));
        page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
        await page.goto(url + path);
        await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);
        await page.waitForTimeout(600);
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        const clip = { x: 0, y: 0, width: SIZES[size].width, height: size === 'phone' ? SIZES.phone.height : Math.min(height, LONGEST) };
        await page.screenshot({ path: `${out}/${name}-${size}-${colorScheme}.png`, fullPage: size === 'desktop', clip });
        await page.close();
      }
      await context.close();
    }
  }
  await browser.close();
}
