import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkDocuments, type ResourceKind } from '../../catalog/index.ts';
import type { RouteRequest } from '../../platform/http/index.ts';
import type { AlertState } from '../alerts/alert.ts';
import { alertRouteTree, type AlertRouteTree } from '../contract.ts';
import { alertmanagerKind } from './alertmanager-kind.ts';
import { routeBook } from './route-book.ts';
import { createRouting } from './routing.ts';

const CONFIG = fs.readFileSync(path.join(import.meta.dirname, 'scenarios/alertmanager.yml'), 'utf8');
const named = (kind: string): ResourceKind => ({ kind, summary: '', spec: z.any() });
const TEAM = ['EscalationPolicy db', 'Service shop']
  .map((one) => one.split(' '))
  .map(([kind, name]) => `apiVersion: nines/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {escalation: db}\n`)
  .join('---\n');

const fires = (rule: string, labels: Record<string, string>, service: string | null = null) =>
  ({
    fingerprint: rule,
    rule,
    service,
    severity: 'critical',
    state: 'firing',
    labels: { alertname: rule, ...labels },
  }) as unknown as AlertState;

async function ask(config: string, firing: readonly AlertState[], at: string): Promise<AlertRouteTree> {
  const files = [{ file: 'team.yaml', text: TEAM }, ...(config === '' ? [] : [{ file: 'alertmanager.yml', text: config }])];
  const { set } = checkDocuments(files, { kinds: [named('EscalationPolicy'), named('Service')], foreignKinds: [alertmanagerKind] }, 0);
  const catalog = { current: () => set, onChange: () => undefined };
  const deps = { catalog, routing: createRouting(catalog), firing: async () => firing, now: () => Date.parse(at) };
  return alertRouteTree.parse(await routeBook(deps).handler({} as RouteRequest<never, never, never>));
}

test('the tree from the root down, with its receivers, and each alert at its routes', async () => {
  const firing = [fires('Down', { team: 'db' }), fires('Slow', { team: 'web' }), fires('Down2', { team: 'web' }, 'shop'), fires('Lost', { team: 'else' })];
  const tree = await ask(CONFIG, firing, '2026-11-24T03:00:00Z');
  expect(tree.routes.map(({ id, matchers, receiver, alerts, pages, quiet }) => [id, matchers.join(), receiver, alerts, pages, quiet])).toEqual([
    ['0', '', 'ops', 1, false, false],
    ['0.0', 'team="db"', 'db', 1, true, false],
    ['0.1', 'team="web"', 'chat', 2, false, false],
    ['0.2', 'team="batch"', 'chat', 0, false, true],
    ['0.3', 'team="quiet"', 'nobody', 0, false, false],
  ]);
  expect(tree.routes[2]).toMatchObject({ groupBy: ['team'], groupWaitMs: 30_000, repeatIntervalMs: 14_400_000 });
  expect(tree.alerts.map(({ rule, routes, pages }) => [rule, routes, pages])).toEqual([
    ['Down', ['0.0'], false],
    ['Slow', ['0.1'], false],
    // A route to a chat silences no pager.
    ['Down2', ['0.1'], true],
    ['Lost', ['0'], true],
  ]);
  expect(tree.receivers.map(({ name, channels, policy }) => [name, channels.join(), policy])).toEqual([
    ['ops', 'webhook', false],
    ['chat', 'webhook', false],
    ['other', 'webhook', false],
    ['db', '', true],
    ['nobody', '', false],
  ]);
  // Where a webhook goes is a secret.
  expect(JSON.stringify(tree)).not.toContain('hooks.example.org');
}); // prettier-ignore

test('without such a file nines pages for all of it', async () => {
  const tree = await ask('', [fires('Down', { team: 'db' })], '2026-11-24T03:00:00Z');
  expect(tree).toMatchObject({ file: null, routes: [], receivers: [], firing: 1, alerts: [{ rule: 'Down', routes: [], pages: true }] });
});
