import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { BrowserUi } from './browser-ui.ts';
import { findChromium } from './build.ts';

describe.skipIf(findChromium() === undefined)('alerts and what holds them back, on a phone (needs Chromium)', () => {
  let ui: BrowserUi;
  let server: FixtureServer;
  let page: Page;

  beforeAll(async () => {
    ui = await BrowserUi.start();
    ({ page, server } = await ui.open('/alerts'));
  });
  afterAll(() => ui?.[Symbol.asyncDispose]());

  test('an alert that begins to fire is there without a reload', async () => {
    await page.locator('.live-live').waitFor();
    const [first] = server.world.alerts;
    server.world.alerts.push({ ...first!, fingerprint: 'new', rule: 'Fresh', annotations: { summary: 'Restart the fresh one' } });
    server.tell({ kind: 'alert.firing', title: 'Fresh fires' });
    await page.getByRole('link', { name: 'Restart the fresh one' }).waitFor();
  });

  test('an alert shows each message that it caused, with each attempt and the four words', async () => {
    await page.getByRole('link', { name: /^14 % of redirects fail/ }).click();
    await page.getByRole('heading', { name: 'Each time it fired' }).waitFor();
    await page.getByRole('button', { name: /^Attempts .* to ben/ }).click();
    await page.getByText('delivered to the device').or(page.getByText('sent: the provider has it')).first().waitFor();
    for (const word of ['sent', 'failed', 'acknowledged', 'seen']) await page.locator('.tag', { hasText: word }).first().waitFor();
  });

  test('it is silenced from its page: filled in, previewed, extended, and ended', async () => {
    await page.getByRole('link', { name: 'Silence this' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Alerts that fit all of these').inputValue()).toBe(
      'alertname=LinksBudgetBurn\nservice=links\nobjective=links-availability',
    );
    await dialog.getByText(/it would have hidden 9 of 48/).waitFor();
    await dialog.getByLabel('Reason').fill('Known: the pool is too small');
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Change or extend.*Known/ }).click();
    const before = server.world.silences[0]!.endsAt;
    await dialog.getByRole('button', { name: '+1 day' }).click();
    await dialog.getByLabel('Only at certain hours').check();
    await dialog.getByRole('button', { name: 'Sun' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => server.world.silences[0]?.recurring?.days.length).toBe(6);
    const later = Date.parse(server.world.silences[0]!.endsAt) - Date.parse(before);
    expect(Math.round(later / 3_600_000)).toBe(24);
    await expect.poll(() => new URL(page.url()).pathname).toBe('/silences');
    await page.getByRole('button', { name: 'End Known: the pool is too small' }).click();
    await page.getByRole('button', { name: 'End it now Known: the pool is too small' }).click();
    await expect.poll(() => server.world.silences[0]?.state).toBe('expired');
  });

  test('work is planned for services, says what objectives make of it, and ends early', async () => {
    await page.getByRole('button', { name: 'Plan' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Services that are worked on').selectOption('links');
    await dialog.getByText('Counts nothing for links-availability.').waitFor();
    await dialog.getByLabel('What is done').fill('Larger disks');
    await dialog.getByRole('button', { name: 'Plan it' }).click();
    await page.getByText('Larger disks').first().waitFor();
    expect(server.world.maintenance[0]).toMatchObject({ services: ['links'], reason: 'Larger disks' });
    await page.getByRole('button', { name: 'End Larger disks' }).click();
    await page.getByRole('button', { name: /^End it now.* Larger disks/ }).click();
    await expect.poll(() => server.world.maintenance[0]?.state).toBe('expired');
  });
});
