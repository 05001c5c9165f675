/**
 * `kill -9` between an answer and what it promised: while alerts that were answered wait to be worked off, and while groups of an
 * alertmanager.yml wait for group_wait and group_interval. All is told afterwards as it was promised, and once.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { callsOf } from './support/calls.ts';
import { people, unbundled, unwatched } from './support/documents.ts';
import { readFeed } from './support/verify.ts';

interface Posted {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly endsAt?: string;
}

/** As a Prometheus sends them. */
async function tell(nines: NinesProcess, alerts: readonly Posted[]): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${nines.url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
  expect(answer.status).toBe(200);
}

const TICKETS = 1_500;
const SHOPS = Array.from({ length: 15 }, (_, i) => `shop-${i}`);
const ticket = (i: number): Posted => ({ labels: { alertname: 'DiskFills', severity: 'warning', service: SHOPS[i % SHOPS.length]!, instance: `web-${i}` } }); // prettier-ignore
const PAYMENTS = 'Restore payments';
const down: Posted = { labels: { alertname: 'Down', severity: 'critical', service: 'payments' }, annotations: { summary: PAYMENTS } };

test('alerts that were answered, and not worked off when nines was killed, are told by the next, once', { timeout: 180_000 }, async () => {
  await using mail = await startMailServer();
  const files = { 'nines.yaml': unbundled(mail.port), 'people.yaml': people(), 'shops.yaml': unwatched([...SHOPS, 'payments']) };
  await using nines = await NinesProcess.start({ files });
  const requests = Array.from({ length: TICKETS / 100 }, (_, i) => Array.from({ length: 100 }, (_, j) => ticket(i * 100 + j)));
  await Promise.all(requests.map((alerts) => tell(nines, alerts)));
  await Promise.all([tell(nines, [ticket(TICKETS)]), tell(nines, [down])]);
  const killedAt = Date.now();
  await nines.kill();
  await nines.start();
  const fired = async () => (await readFeed(nines)).filter(({ kind }) => kind === 'alert.firing');
  const feed = await waitFor('all to be worked off', async () => {
    const events = await fired();
    return events.length > TICKETS + 1 && events;
  });
  expect(new Set(feed.map(({ subject }) => subject)).size).toBe(TICKETS + 2);
  expect(feed, 'none twice').toHaveLength(TICKETS + 2);
  expect(feed.filter(({ time }) => Date.parse(time) > killedAt).length, 'worked off by the next').toBeGreaterThan(0);
  const calls = await waitFor('the page', () => {
    const found = callsOf(mail.mails).filter(({ subject }) => subject.includes(PAYMENTS));
    return found.length > 0 && found;
  });
  expect(new Set(calls.map(({ messageId }) => messageId)).size).toBe(1);
  const metrics = await nines.ask<string>('GET', '/metrics');
  expect(metrics).toMatch(/^nines_alerting_inbox_alerts 0$/m);
});

interface Told {
  readonly status: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** A receiver's webhook; what it was told, in a line each. */
async function startHook() {
  const told: string[] = [];
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const { groupLabels, alerts } = JSON.parse(text) as Told;
      const said = alerts.map(({ status, labels }) => `${labels['alertname']} ${status}`).sort();
      told.push(`${groupLabels['cluster']}: ${said.join(', ')}`);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { told, port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

const CONFIG = (port: number): string => `
route: { receiver: hook, group_by: [cluster], group_wait: 2s, group_interval: 3s, repeat_interval: 4h }
receivers: [{ name: hook, webhook_configs: [{ url: 'http://127.0.0.1:${port}/' }] }]
`;

test('groups that wait when nines is killed are told when their wait is over, once', { timeout: 180_000 }, async () => {
  await using hook = await startHook();
  await using nines = await NinesProcess.start({ files: { 'alertmanager.yml': CONFIG(hook.port) } });
  const alert = (alertname: string, cluster: string, given: Partial<Posted> = {}): Posted => ({ labels: { alertname, cluster }, ...given });
  const restart = async (): Promise<void> => {
    await nines.kill();
    await nines.start();
  };
  /** And nines knows that they were: what is on its way when nines is killed comes again. */
  const heard = async (count: number): Promise<void> => {
    await waitFor(() => `${count} notifications: ${hook.told.join('; ')}`, () => hook.told.length >= count); // prettier-ignore
    const queued = () => nines.ask<{ notifications: unknown[] }>('GET', '/nines/v1/notifications?state=queued');
    await waitFor('all to be sent', async () => (await queued()).notifications.length === 0);
  };
  await tell(nines, [alert('A', 'eu')]);
  await tell(nines, [alert('B', 'eu'), alert('C', 'us')]);
  await restart();
  await heard(2);
  expect(hook.told.toSorted()).toEqual(['eu: A firing, B firing', 'us: C firing']);
  await tell(nines, [alert('D', 'eu'), alert('C', 'us', { endsAt: new Date().toISOString() })]);
  await restart();
  await heard(4);
  expect(hook.told.slice(2).toSorted()).toEqual(['eu: A firing, B firing, D firing', 'us: C resolved']);
  // Nothing is told a second time at the next look, an interval later.
  await restart();
  await tell(nines, [alert('E', 'asia')]);
  await heard(5);
  expect(hook.told.slice(4)).toEqual(['asia: E firing']);
});
