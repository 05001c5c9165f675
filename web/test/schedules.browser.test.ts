import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { BrowserUi } from './browser-ui.ts';
import { findChromium, type SIZES } from './build.ts';

describe.skipIf(findChromium() === undefined)('schedules, in a browser (needs Chromium)', () => {
  let ui: BrowserUi;
  let server: FixtureServer;

  beforeAll(async () => {
    ui = await BrowserUi.start();
  });
  afterEach(() => ui.closeAll());
  afterAll(() => ui?.[Symbol.asyncDispose]());

  const open = async (path: string, size: keyof typeof SIZES, context: BrowserContextOptions = {}): Promise<Page> => {
    const opened = await ui.open(path, { world: 'calm', size, context });
    server = opened.server;
    return opened.page;
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

  test('a finger chooses days as well, sideways and on; up and down it only scrolls', async () => {
    const page = await open('/schedules/links-primary', 'phone', { hasTouch: true, isMobile: true });
    await page.getByRole('button', { name: 'Months' }).click();
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0): Promise<unknown> =>
      devtools.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
    const slide = async (from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> => {
      await touch('touchStart', from.x, from.y);
      for (let step = 1; step <= 8; step++) await touch('touchMove', from.x + (by.x * step) / 8, from.y + (by.y * step) / 8);
      await touch('touchEnd');
    };
    await days(page, 0).waitFor();
    // A Tuesday of a week to come, in the middle of the screen.
    const nth = await page.locator('button[data-day]').evaluateAll((all) => {
      const at = all.findIndex((one, i) => i > 7 && new Date(Number((one as HTMLElement).dataset['day'])).getDay() === 2);
      all[at]?.scrollIntoView({ block: 'center' });
      return at;
    });
    /** Where the day is once nothing moves any more: what was thrown scrolls on for a while. */
    const still = async (): Promise<{ x: number; y: number; width: number; height: number }> => {
      let box = (await days(page, nth).boundingBox())!;
      for (let moves = true; moves;) {
        await page.evaluate(() => new Promise((done) => setTimeout(done, 150)));
        const next = (await days(page, nth).boundingBox())!;
        moves = next.x !== box.x || next.y !== box.y;
        box = next;
      }
      return box;
    };
    const box = await still();
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const scrolled = await page.evaluate(() => window.scrollY);
    await slide(middle, { x: 0, y: -200 });
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(scrolled);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await still();
    await days(page, nth).evaluate((one) => one.scrollIntoView({ block: 'center' }));
    const again = await still();
    await slide({ x: again.x + again.width / 2, y: again.y + again.height / 2 }, { x: 2 * again.width, y: 0 });
    await page.getByRole('dialog').getByLabel('Person').selectOption('ben');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    const [start, end] = [await days(page, nth).getAttribute('data-day'), await days(page, nth + 3).getAttribute('data-day')];
    await expect.poll(() => server.world.overrides.at(-1)).toMatchObject({ person: { name: 'ben' }, from: new Date(Number(start)).toISOString(), to: new Date(Number(end)).toISOString() }); // prettier-ignore
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
