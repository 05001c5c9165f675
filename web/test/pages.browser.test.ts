import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { startFixtureServer } from '../dev/fixture-server.ts';
import { makeWorld, type WorldName } from '../dev/world.ts';
import { buildWeb, CHROMIUM_FLAGS, findChromium, SIZES } from './build.ts';

const PAGES: readonly (readonly [path: string, world: WorldName])[] = [
  ['/', 'trouble'],
  ['/', 'calm'],
  ['/', 'empty'],
  ['/services/links', 'trouble'],
  ['/incidents', 'trouble'],
  ['/incidents/inc-12', 'trouble'],
  ['/incidents/inc-11', 'trouble'],
  ['/postmortems', 'trouble'],
  ['/postmortems/pm-11', 'trouble'],
  ['/pages/page-21', 'trouble'],
  ['/alerts', 'trouble'],
  ['/alerts', 'empty'],
  ['/alerts/fp-1', 'trouble'],
  ['/silences', 'trouble'],
  ['/silences', 'empty'],
  ['/silences?m=service%3Dlinks', 'trouble'],
  ['/silences/night', 'trouble'],
  ['/alerts/a1b2c3', 'trouble'],
  ['/routes', 'trouble'],
  ['/routes?labels=service%3Dlinks', 'trouble'],
  ['/chats', 'trouble'],
  ['/drills', 'trouble'],
  ['/rules', 'trouble'],
  ['/backtest?alert=LinkErrors', 'trouble'],
  ['/review', 'trouble'],
  ['/graph?expr=rate(http_requests_total[5m])', 'trouble'],
  ['/targets', 'trouble'],
  ['/heartbeats', 'trouble'],
  ['/heartbeats/nightly-backup', 'trouble'],
  ['/integrations', 'trouble'],
  ['/rules/graphite', 'trouble'],
  ['/rules/graphite/disk-free', 'trouble'],
  ['/graphs/g-1', 'trouble'],
  ['/metrics-cost', 'trouble'],
  ['/metrics-cost/http_requests_total', 'trouble'],
  ['/oncall/ready', 'trouble'],
  ['/oncall/fairness', 'trouble'],
  ['/oncall/handover', 'trouble'],
  ['/oncall/pay', 'trouble'],
  ['/oncall/who', 'trouble'],
  ['/oncall/who?q=links', 'trouble'],
  ['/deliveries', 'trouble'],
  ['/deliveries', 'empty'],
  ['/oncall', 'calm'],
  ['/oncall', 'empty'],
  ['/schedules/links-primary', 'calm'],
  ['/shifts', 'calm'],
  ['/config', 'trouble'],
  ['/settings', 'trouble'],
  ['/mail', 'trouble'],
  ['/more', 'trouble'],
  ['/signin', 'trouble'],
  ['/setup?token=t', 'empty'],
  ['/nowhere', 'calm'],
];

/** No local mailbox where a mail server is set. */
const MAY_BE_MISSING = ['/nines/v1/mailbox'];

/** The shell's menu, and what is drawn in another way where there is room; all else only stands elsewhere. */
const OTHER_ON_A_DESKTOP = ['/', '/incidents/inc-12', '/graph?expr=rate(http_requests_total[5m])', '/schedules/links-primary'];
const COLOURS = ['color-contrast', 'link-in-text-block'];

const chrome = findChromium();
interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}
interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

describe.skipIf(chrome === undefined)('every page, in a browser (needs Chromium)', () => {
  let web: Awaited<ReturnType<typeof buildWeb>>;
  let browser: Browser;
  let axe: string;
  const servers = new Map<WorldName, FixtureServer>();
  let context: BrowserContext;

  beforeAll(async () => {
    web = await buildWeb();
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    browser = await chromium.launch({ executablePath: chrome ?? '', args: CHROMIUM_FLAGS });
    for (const name of ['trouble', 'calm', 'empty'] as const)
      servers.set(name, await startFixtureServer({ root: web.root, world: makeWorld(name) }));
    context = await browser.newContext({ viewport: SIZES.phone, reducedMotion: 'reduce', hasTouch: true });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([...servers.values()].map((server) => server.close()));
    await web?.[Symbol.asyncDispose]();
  });

  /** One page for all paths: with each new one Chromium would start a process and compile everything anew. */
  let only: Page | undefined;
  const open = async (path: string, world: WorldName): Promise<{ page: Page; complaints: string[] }> => {
    const page = (only ??= await context.newPage());
    // What the path before still asks for is no complaint about this one.
    page.removeAllListeners();
    await page.goto('about:blank');
    await page.setViewportSize(SIZES.phone);
    const complaints: string[] = [];
    // What is asked for and not there: by its address, but for what is only there sometimes.
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (response.status() === 404 && !MAY_BE_MISSING.includes(pathname)) complaints.push(`404: ${pathname}`);
    });
    page.on('console', (message) => message.type() === 'error' && !/status of 404/.test(message.text()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(servers.get(world)!.url + path);
    await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);
    return { page, complaints };
  };

  /** What axe finds, a line each. */
  const violations = async (page: Page, options: object): Promise<string[]> => {
    const found = await page.evaluate(
      (given) => (globalThis as unknown as { axe: { run: (options: unknown) => Promise<AxeResult> } }).axe.run(given),
      { resultTypes: ['violations'], iframes: false, ...options },
    );
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  };
  /** The colours change between two frames; what inherits them, in Chromium, only once it is laid out anew. */
  const turn = async (page: Page, colorScheme: 'light' | 'dark'): Promise<void> => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => {
      const { style } = document.documentElement;
      style.display = 'none';
      void document.documentElement.offsetHeight;
      style.display = '';
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
  };

  const tooWide = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  test.each(PAGES)('%s (%s): accessible in both themes, no complaint, nothing too wide', async (path, world) => {
    const { page, complaints } = await open(path, world);
    await page.evaluate(axe);
    await turn(page, 'light');
    expect(await violations(page, {}), 'light').toEqual([]);
    await turn(page, 'dark');
    // The structure is the same in both: only what depends on colours is asked again.
    expect(await violations(page, { runOnly: COLOURS }), 'dark').toEqual([]);
    expect(await tooWide(page), 'on a phone').toBeLessThanOrEqual(0);
    expect(await smallTargets(page)).toEqual([]);
    await page.setViewportSize(SIZES.desktop);
    await turn(page, 'light');
    expect(await tooWide(page), 'on a desktop').toBeLessThanOrEqual(0);
    if (OTHER_ON_A_DESKTOP.includes(path)) {
      // Anew: where colours are inherited, Chromium keeps those of the theme before.
      await page.reload();
      await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);
      await page.evaluate(axe);
      expect(await violations(page, {}), 'on a desktop').toEqual([]);
      await turn(page, 'dark');
      expect(await violations(page, { runOnly: COLOURS }), 'dark, on a desktop').toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  test('on a phone the incident page says what matters above the fold', async () => {
    const { page } = await open('/incidents/inc-12', 'trouble');
    const seen = SIZES.phone.height - 56;
    const bottomOf = async (text: string): Promise<number> => {
      const box = await page.getByText(text).first().boundingBox();
      return box === null ? Infinity : box.y + box.height;
    };
    for (const text of [
      'Short links answer with errors',
      'Broken',
      'of requests',
      'links v2.41 deployed',
      'Nobody yet',
      'Acknowledge: I’m on the scene',
    ])
      expect(await bottomOf(text), text).toBeLessThan(seen);
  });

  test('what is above the fold does not move while data arrives', async () => {
    const page = await context.newPage();
    await page.bringToFront();
    await page.addInitScript(() => {
      const shifts: { value: number; moved: string[] }[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as Shift[])
          shifts.push({
            value: entry.value,
            moved: entry.sources.map(({ node }) => (node as Element | null)?.outerHTML?.slice(0, 80) ?? ''),
          });
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(servers.get('calm')!.url);
    await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: { value: number; moved: string[] }[] }).shifts);
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    expect(sum, JSON.stringify(shifts, null, 1)).toBeLessThan(0.05);
    await page.close();
  });
});

/** Buttons and fields that a thumb would miss: under 44 px high. Links within text are exempt, as WCAG 2.5.8 has them. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'button, .button, input:not([disabled]):not([type=checkbox]), .check, select, textarea, .list-row[href], .tabs a',
      ),
    ]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height > 0 && box.height < 43.5)
      .map(({ element, box }) => `${Math.round(box.height)} px: ${element.outerHTML.slice(0, 120)}`),
  );
