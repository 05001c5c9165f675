import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { startFixtureServer } from '../dev/fixture-server.ts';
import { makeWorld } from '../dev/world.ts';
import { buildWeb, CHROMIUM_FLAGS, findChromium, SIZES } from './build.ts';

const chrome = findChromium();

describe.skipIf(chrome === undefined)('schedules, in a browser (needs Chromium)', () => {
  let web: Awaited<ReturnType<typeof buildWeb>>;
  let browser: Browser;
  let server: FixtureServer;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    web = await buildWeb();
    browser = await chromium.launch({ executablePath: chrome ?? '', args: CHROMIUM_FLAGS });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await browser?.close();
    await web?.[Symbol.asyncDispose]();
  });

  const open = async (path: string, size: keyof typeof SIZES): Promise<Page> => {
    server = await startFixtureServer({ root: web.root, world: makeWorld('calm') });
    closing.push(() => server.close());
    const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce' });
    closing.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(server.url + path);
    return page;
  };
  /** The days from `first` on that can be chosen, counted from tomorrow. */
  const days = (page: Page, nth: number) => page.locator('button[data-day]').nth(nth);

  test('dragging over days has someone stand in for them', async () => {
    const page = await open('/schedules/links-primary', 'desktop');
    await days(page, 15).scrollIntoViewIfNeeded();
    const [from, to] = [await days(page, 15).boundingBox(), await days(page, 17).boundingBox()];
    const [start, end] = [await days(page, 15).getAttribute('data-day'), await days(page, 18).getAttribute('data-day')];
    await page.mouse.move(from!.x + 20, from!.y + 60);
    await page.mouse.down();
    await page.mouse.move(to!.x + 20, to!.y + 60, { steps: 8 });
    await page.mouse.up();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Person').selectOption('ben');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Chen Wei is secondary instead').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Take back: Ben Okafor as primary' }).waitFor();
    expect(server.world.overrides.at(-1)).toMatchObject({ person: { name: 'ben' }, from: new Date(Number(start)).toISOString(), to: new Date(Number(end)).toISOString() }); // prettier-ignore
  });

  test('days are chosen by the keyboard, too', async () => {
    const page = await open('/schedules/links-primary', 'desktop');
    await days(page, 3).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => page.locator('.is-chosen').count()).toBe(3);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('From').waitFor();
  });

  test('on a phone the shifts are a list, and one of them is handed over by a form', async () => {
    const page = await open('/schedules/links-primary', 'phone');
    await page.getByRole('button', { name: 'Change' }).nth(1).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => server.world.overrides.length).toBe(2);
    expect(await page.locator('.calendar').count()).toBe(0);
  });

  test('a swap is accepted where my shifts are', async () => {
    const page = await open('/shifts', 'phone');
    await page.getByText('Ben Okafor asks you').waitFor();
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('Ben Okafor asks you').waitFor({ state: 'detached' });
    expect(server.world.swaps).toEqual([]);
  });
});
