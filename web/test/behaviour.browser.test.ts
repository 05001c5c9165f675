import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { makeWorld, type World, type WorldName } from '../dev/world.ts';
import { BrowserUi } from './browser-ui.ts';
import { findChromium } from './build.ts';

describe.skipIf(findChromium() === undefined)('what the UI does, in a browser (needs Chromium)', () => {
  let ui: BrowserUi;
  let server: FixtureServer;

  beforeAll(async () => {
    ui = await BrowserUi.start();
  });
  afterEach(() => ui.closeAll());
  afterAll(() => ui?.[Symbol.asyncDispose]());

  const open = async (path: string, world: WorldName = 'trouble', change?: (world: World) => void): Promise<Page> => {
    const opened = await ui.open(path, { world, change: change ?? (() => undefined) });
    server = opened.server;
    return opened.page;
  };
  const live = (page: Page) => page.locator('.live-live').waitFor();
  const draft = (page: Page) => page.getByLabel('Note for the timeline');

  test('acknowledging puts me on the scene, and everyone sees it without a reload', async () => {
    const page = await open('/incidents/inc-12');
    await page.getByRole('button', { name: 'Acknowledge: I’m on the scene' }).click();
    await page.getByText('ana leads').waitFor();
    expect(server.world.pages[0]?.state).toBe('acknowledged');
    expect(server.world.incidents[0]?.roles.commander).toBe('ana');
    await page.getByRole('button', { name: /on the scene/ }).waitFor({ state: 'detached' });
  });

  test('the timeline grows by itself, and says so to those who listen', async () => {
    const page = await open('/incidents/inc-12');
    await live(page);
    const title = 'ben is on the scene';
    server.world.incidents[0]?.timeline.push({
      marker: 300,
      time: new Date().toISOString(),
      kind: 'incident.joined',
      actor: 'person:ben',
      title,
      data: {},
    });
    server.tell({ kind: 'incident.role-changed', title, subject: 'incident/inc-12' });
    await page.locator('.timeline').getByText(title).waitFor();
    await expect.poll(() => page.getByTestId('announcer').textContent()).toBe(title);
  });

  test('a note is never lost: not by a failure, not by a reload', async () => {
    const page = await open('/incidents/inc-12');
    await draft(page).fill('Pool exhausted since 03:41');
    server.failing.set('/nines/v1/incidents/inc-12/notes', 503);
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByText('Not sent, but kept here').waitFor();
    await page.reload();
    await expect.poll(() => draft(page).inputValue()).toBe('Pool exhausted since 03:41');
    server.failing.clear();
    await draft(page).press('Control+Enter');
    await page.locator('.timeline').getByText('Pool exhausted since 03:41').first().waitFor();
    expect(await draft(page).inputValue()).toBe('');
    await page.reload();
    expect(await draft(page).inputValue()).toBe('');
  });

  test('an update resets the thirty minutes', async () => {
    const page = await open('/incidents/inc-12', 'trouble', (world) => {
      world.incidents[0]!.nextUpdateDueAt = new Date(Date.now() - 61_000).toISOString();
    });
    await page.getByText(/overdue by 1:0/).waitFor();
    await page.getByLabel('Update to everyone who follows').fill('Rolling back');
    await page.getByRole('button', { name: 'Send update' }).click();
    await page.getByText(/next due in (30:00|29:5)/).waitFor();
  });

  test('a role is handed over by name', async () => {
    const page = await open('/incidents/inc-12');
    await page.getByRole('button', { name: 'Assign Operations' }).click();
    await page.getByLabel('To', { exact: true }).selectOption('chen');
    await page.getByRole('button', { name: 'Hand over to chen' }).click();
    await expect.poll(() => server.world.incidents[0]?.roles.operations).toBe('chen');
    await page.getByRole('button', { name: 'Hand over Operations' }).waitFor();
  });

  test('all clear asks first, and once more while it still fires', async () => {
    const page = await open('/incidents/inc-12');
    await page.getByRole('button', { name: 'All clear…' }).click();
    await page.getByRole('button', { name: 'All clear', exact: true }).click();
    await page.getByText('Its page still fires').waitFor();
    expect(server.world.incidents[0]?.state).toBe('open');
    await page.getByRole('button', { name: 'All clear although it still fires' }).click();
    await page.getByText('The postmortem is being drafted').waitFor();
  });

  test('cut off, it says that it is not live; reconnected, it has caught up', async () => {
    const page = await open('/', 'calm');
    await page.getByRole('heading', { name: 'Everything is fine' }).waitFor();
    await live(page);
    server.cutStreams(true);
    await page.getByRole('heading', { name: 'I can’t tell just now' }).waitFor();
    await page.locator('.live-cut').waitFor();
    // Happens unheard.
    server.world.incidents.push(...makeWorld('trouble').incidents.filter(({ id }) => id === 'inc-12'));
    server.cutStreams(false);
    await page.getByRole('heading', { name: 'Short links is in trouble' }).waitFor();
    await live(page);
  });

  test('the first page asks for each of its answers once, and takes what was asked for early', async () => {
    const page = await open('/signin', 'calm');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    await page.goto(`${server.url}/`);
    await page.getByRole('heading', { name: 'Everything is fine' }).waitFor();
    const early = /'([a-z/]+(?:\?[a-z=]+)?)',\n/g;
    const boot = await (await page.request.get(`${server.url}/boot.js`)).text();
    const addresses = [...boot.matchAll(early)].map(([, path]) => `/nines/v1/${path}`);
    expect(addresses).toHaveLength(8);
    for (const address of addresses)
      expect(
        asked.filter((one) => one === address),
        address,
      ).toHaveLength(1);
    expect(await page.evaluate(() => Object.keys((globalThis as { ninesEarly?: object }).ninesEarly ?? {}))).toEqual([]);
  });

  test('what fails says why, and is tried again', async () => {
    const page = await open('/incidents', 'trouble', () => undefined);
    server.failing.set('/nines/v1/postmortems', 503);
    await page.goto(`${server.url}/postmortems`);
    await page.getByText('The store of this is away').waitFor();
    await page.getByText('Request fixture-1').waitFor();
    server.failing.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Link store refuses connections').waitFor();
  });

  test('whoever is not signed in signs in, and is back where they wanted to go', async () => {
    const page = await open('/incidents/inc-12', 'trouble', (world) => {
      world.signedIn = false;
    });
    await page.getByLabel('E-mail address').fill('ana@links.example');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The address or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Short links answer with errors' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/incidents/inc-12');
  });

  test('the set-up link makes the first admin and leaves no token behind', async () => {
    const page = await open('/setup#token=once', 'empty', (world) => Object.assign(world, { setupNeeded: true, signedIn: false }));
    await page.getByLabel('Your name').fill('Ana');
    await page.getByLabel('E-mail address').fill('ana@links.example');
    await page.getByLabel('Password').fill('four random words here');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('heading', { name: 'nines is up, and watches this host' }).waitFor();
    expect(page.url()).toBe(`${server.url}/`);
  });

  test('a postmortem that someone else saved meanwhile is not overwritten', async () => {
    const page = await open('/postmortems/pm-11');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Markdown', { exact: true }).fill('# Mine');
    Object.assign(server.world.postmortems[0]!, { version: 4, markdown: '# Theirs' });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Someone else saved meanwhile (version 4)').waitFor();
    expect(server.world.postmortems[0]?.markdown).toBe('# Theirs');
    await page.reload();
    // Still mine, and still known to be built on the older version.
    expect(await page.getByLabel('Markdown', { exact: true }).inputValue()).toBe('# Mine');
    await page.getByRole('button', { name: 'I have merged it: let me save' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => server.world.postmortems[0]?.markdown).toBe('# Mine');
  });

  test('a viewer sees everything and is offered no action', async () => {
    const page = await open('/incidents/inc-12', 'trouble', (world) => {
      world.me.role = 'viewer';
    });
    await page.getByText('Nobody yet').waitFor();
    await page.locator('.timeline').first().waitFor();
    for (const name of [/on the scene/, /All clear/, /Add note/, /Assign/])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
  });

  test('keys: ? lists them, g then i goes, a acknowledges; none while typing', async () => {
    const page = await open('/', 'trouble');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('link', { name: /^#12 Short links/ }).click();
    await draft(page).waitFor();
    await page.keyboard.press('n');
    await expect.poll(() => draft(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('a ? g i');
    expect(await draft(page).inputValue()).toBe('a ? g i');
    await draft(page).blur();
    await page.keyboard.press('a');
    await expect.poll(() => server.world.pages[0]?.state).toBe('acknowledged');
  });

  test('a theme that was chosen is there from the first paint, also after a reload', async () => {
    const page = await open('/', 'calm');
    await page.getByRole('button', { name: /^Theme: system/ }).click();
    await page.getByRole('button', { name: /^Theme: light/ }).click();
    await page.reload();
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe('rgb(12, 14, 17)');
  });

  test('a shared graph is absolute in time, and a query that is wrong says where', async () => {
    const page = await open('/graph?expr=up&from=2026-11-21T01:00:00.000Z&to=2026-11-21T02:00:00.000Z');
    await page.getByText('Fixed span').waitFor();
    await page.locator('canvas').waitFor();
    await page.getByLabel('Query (PromQL)').fill('bad syntax');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('1:5: parse error').waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe('2026-11-21T01:00:00.000Z');
  });
});
