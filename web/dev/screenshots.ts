import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startFixtureServer } from './fixture-server.ts';
import { makeWorld, type WorldName } from './world.ts';

const PAGES: readonly (readonly [name: string, path: string, world: WorldName])[] = [
  ['now', '/', 'trouble'],
  ['now-calm', '/', 'calm'],
  ['now-first-start', '/', 'empty'],
  ['service', '/services/links', 'trouble'],
  ['incidents', '/incidents', 'trouble'],
  ['incident', '/incidents/inc-12', 'trouble'],
  ['postmortems', '/postmortems', 'trouble'],
  ['postmortem', '/postmortems/pm-11', 'trouble'],
  ['page', '/pages/page-21', 'trouble'],
  ['oncall-ready', '/oncall/ready', 'trouble'],
  ['oncall-fairness', '/oncall/fairness', 'trouble'],
  ['oncall-handover', '/oncall/handover', 'trouble'],
  ['oncall-who', '/oncall/who?q=links', 'trouble'],
  ['alerts', '/alerts', 'trouble'],
  ['silences', '/silences?m=service%3Dlinks', 'trouble'],
  ['silence-change', '/silences/night', 'trouble'],
  ['silences-all', '/silences', 'trouble'],
  ['alert', '/alerts/a1b2c3', 'trouble'],
  ['routes', '/routes?labels=service%3Dlinks', 'trouble'],
  ['chats', '/chats', 'trouble'],
  ['drills', '/drills', 'trouble'],
  ['pay', '/oncall/pay', 'trouble'],
  ['shared-graph', '/graphs/g-1', 'trouble'],
  ['rules', '/rules', 'trouble'],
  ['backtest', '/backtest?alert=LinkErrors', 'trouble'],
  ['review', '/review', 'trouble'],
  ['graph', '/graph?expr=rate(http_requests_total[5m])', 'trouble'],
  ['graph-month', '/graph?expr=rate(http_requests_total[1h])&span=2592000', 'trouble'],
  ['targets', '/targets', 'trouble'],
  ['metrics', '/metrics-cost', 'trouble'],
  ['metric', '/metrics-cost/http_requests_total', 'trouble'],
  ['heartbeats', '/heartbeats', 'trouble'],
  ['heartbeat', '/heartbeats/nightly-backup', 'trouble'],
  ['integrations', '/integrations', 'trouble'],
  ['graphite-rules', '/rules/graphite', 'trouble'],
  ['graphite-rule', '/rules/graphite/disk-free', 'trouble'],
  ['on-call', '/oncall', 'calm'],
  ['schedule', '/schedules/links-primary', 'calm'],
  ['shifts', '/shifts', 'calm'],
  ['config', '/config', 'trouble'],
  ['settings', '/settings', 'trouble'],
  ['mail', '/mail', 'trouble'],
  ['deliveries', '/deliveries', 'trouble'],
  ['more', '/more', 'trouble'],
  ['signin', '/signin', 'trouble'],
  ['setup', '/setup?token=t', 'trouble'],
];
export const SIZES = { phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 800 } } as const;
export const CHROMIUM = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] };

/** Every page as a picture, on a phone and on a desktop, light and dark. */
export default async function screenshots([
  out = 'screenshots',
  only = '',
  sizes = 'phone,desktop',
  schemes = 'light,dark',
]: string[]): Promise<void> {
  await mkdir(out, { recursive: true });
  const root = fileURLToPath(new URL('../../dist/web', import.meta.url));
  const browser = await chromium.launch(CHROMIUM);
  for (const [name, path, worldName] of PAGES) {
    if (only !== '' && !only.split(',').includes(name)) continue;
    const server = await startFixtureServer({ root, world: makeWorld(worldName) });
    for (const size of ['phone', 'desktop'] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        if (!sizes.includes(size) || !schemes.includes(colorScheme)) continue;
        const context = await browser.newContext({ viewport: SIZES[size], colorScheme, deviceScaleFactor: 1 });
        const page = await context.newPage();
        page.on('console', (message) => message.type() === 'error' && console.log(`${name}: ${message.text()}`));
        page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
        await page.goto(server.url + path);
        await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);
        await page.waitForTimeout(400);
        await page.screenshot({ path: `${out}/${name}-${size}-${colorScheme}.png`, fullPage: size !== 'phone' });
        if (size === 'phone') await page.screenshot({ path: `${out}/${name}-${size}-${colorScheme}-full.png`, fullPage: true });
        await context.close();
      }
    }
    await server.close();
  }
  await browser.close();
}
