import { chromium, type Browser, type BrowserContext, type Page, type Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { startFixtureServer } from '../dev/fixture-server.ts';
import { makeWorld } from '../dev/world.ts';
import { buildWeb, CHROMIUM_FLAGS, findChromium, SIZES } from './build.ts';

const chrome = findChromium();

interface Shown {
  title: string;
  body: string;
  tag: string;
  stays: boolean;
  actions: string[];
}
/** What a service worker has that a page has not. */
interface WorkerScope {
  registration: { getNotifications(): Promise<Notification[]> };
  clients: { openWindow(url: string): Promise<null> };
  dispatchEvent(event: Event): boolean;
  NotificationEvent: new (type: string, init: object) => Event;
  opened?: string[];
}

describe.skipIf(chrome === undefined)('notifications, in a browser (needs Chromium)', () => {
  let web: Awaited<ReturnType<typeof buildWeb>>;
  let browser: Browser;
  let server: FixtureServer;
  let context: BrowserContext;
  let page: Page;
  let worker: Worker;
  let push: (message: object | string) => Promise<void>;

  beforeAll(async () => {
    web = await buildWeb();
    server = await startFixtureServer({ root: web.root, world: makeWorld('trouble') });
    browser = await chromium.launch({ executablePath: chrome ?? '', args: CHROMIUM_FLAGS });
    context = await browser.newContext({ viewport: SIZES.phone, permissions: ['notifications'] });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await web?.[Symbol.asyncDispose]();
  });

  const shown = (): Promise<Shown[]> =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const all = (await registration.getNotifications()) as (Notification & { actions: { title: string }[] })[];
      return all.map(({ title, body, tag, requireInteraction, actions }) => ({ title, body, tag, stays: requireInteraction, actions: actions.map((one) => one.title) })); // prettier-ignore
    });

  /** As if someone pressed it: no browser lets a program do so. */
  const press = (tag: string, action: string): Promise<void> =>
    worker.evaluate(
      async ([wanted, pressed]) => {
        const scope = globalThis as unknown as WorkerScope;
        // A window opens only for a press that is real.
        scope.clients.openWindow = (url) => Promise.resolve(((scope.opened ??= []).push(url), null));
        const notification = (await scope.registration.getNotifications()).find((one) => one.tag === wanted);
        scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: pressed }));
      },
      [tag, action],
    );

  test('the settings ask for leave and for an address; where there is no push service, they say so', async () => {
    await page.goto(`${server.url}/settings`);
    await page.getByText('Chrome on Android').first().waitFor();
    await page.getByRole('button', { name: 'Notify me on this device' }).click();
    await page
      .getByRole('alert')
      .getByText(/no address from its push service/)
      .waitFor();
    worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const devtools = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        if (registrations[0] !== undefined) resolve(registrations[0].registrationId);
      });
    });
    await devtools.send('ServiceWorker.enable');
    const registrationId = await registered;
    push = async (message) => {
      const data = typeof message === 'string' ? message : JSON.stringify(message);
      await devtools.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId, data });
    };
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await page.getByText(/on the way, one for each/).waitFor();
  });

  const paged = {
    title: 'links: stop the errors, 14 % fail',
    body: 'Redirects fail since the deploy of v2.41',
    tag: 'page-21',
    urgent: true,
    acknowledge: 'https://nines.links.example/a/t0ken',
    url: 'https://nines.links.example/pages/page-21',
    receipt: 'd-1.signed',
  };
  const receipts = () => server.world.events.filter(({ kind }) => kind === 'notification.receipt').map(({ title }) => title);

  test('a pushed page is shown, stays, can be acknowledged, and its delivery is told', async () => {
    await push(paged);
    await expect
      .poll(shown)
      .toEqual([{ title: paged.title, body: paged.body, tag: 'page-21', stays: true, actions: ['Acknowledge', 'Snooze 30m'] }]);
    await expect.poll(receipts).toEqual(['d-1.signed delivered']);
    // Told again, it takes the place of the first.
    await push({ ...paged, title: 'links: stop the errors, 20 % fail', receipt: undefined });
    await expect.poll(async () => (await shown()).map(({ title }) => title)).toEqual(['links: stop the errors, 20 % fail']);
  });

  test("'Acknowledge' does so from the lock screen, and says when it could not", async () => {
    server.failing.set('/a/', 503);
    await press('page-21', 'acknowledge');
    await expect.poll(async () => (await shown()).map(({ title }) => title)).toEqual(['Not acknowledged: open nines']);
    expect(server.world.pages[0]?.state).toBe('triggered');
    server.failing.clear();
    await push(paged);
    await expect.poll(async () => (await shown()).map(({ tag }) => tag)).toContain('page-21');
    await press('page-21', 'acknowledge');
    await expect.poll(() => server.world.pages[0]?.state).toBe('acknowledged');
    await expect.poll(async () => (await shown()).map(({ title }) => title)).toEqual(['Acknowledged']);
  });

  test('a press on it opens its page, by the address that the browser knows, and tells that it was seen', async () => {
    await push({ ...paged, tag: 'other', receipt: 'd-2.signed' });
    await expect.poll(async () => (await shown()).map(({ tag }) => tag)).toContain('other');
    await press('other', '');
    const opened = () => worker.evaluate(() => (globalThis as unknown as WorkerScope).opened ?? []);
    await expect.poll(opened).toContain(`${server.url}/pages/page-21`);
    await expect.poll(receipts).toContain('d-2.signed seen');
  });

  test('what it can not read is shown all the same', async () => {
    const seen = async (): Promise<string[]> => {
      await push('not json');
      return (await shown()).map(({ title }) => title);
    };
    // Sent again while it is not there: the browser's tools lose one when the worker is being stopped.
    await expect.poll(seen, { interval: 1000 }).toContain('nines has news');
  });
});
