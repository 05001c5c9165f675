/** The same alertmanager.yml and the same alerts, given to Debian's Alertmanager and to nines: their webhooks are told the same. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NinesProcess, TOKEN } from '../harness/nines-process.ts';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

interface Told {
  readonly from: string;
  readonly authorization: string | undefined;
  readonly body: { receiver: string; status: string; groupKey: string; alerts: { status: string; labels: Record<string, string> }[] };
}

const told: Told[] = [];
const receiver = http.createServer((request, answer) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const { externalURL: _, ...body } = JSON.parse(text) as Told['body'] & { externalURL: string };
    told.push({ from: request.url!.slice(1), authorization: request.headers.authorization, body });
    answer.end();
  });
});

const config = (port: number, from: string): string => {
  const hook = (more = '') => `[{ url: 'http://127.0.0.1:${port}/${from}'${more} }]`;
  return `route:
  receiver: default
  group_by: [alertname]
  group_wait: 2s
  group_interval: 2s
  repeat_interval: 1h
  routes:
    - { matchers: ['team="db"'], receiver: all, group_by: ['...'], continue: true }
    - { match_re: { team: 'db|web' }, receiver: team, group_by: [team] }
    - { matchers: ['team=quiet'], receiver: quiet }
    - { matchers: ['team=night'], receiver: team, mute_time_intervals: [always] }
receivers:
  - { name: default, webhook_configs: ${hook()} }
  - { name: all, webhook_configs: ${hook(', send_resolved: false')} }
  - { name: team, webhook_configs: ${hook(', max_alerts: 2, http_config: { authorization: { credentials: hush } }')} }
  - { name: quiet }
time_intervals:
  - { name: always, time_intervals: [{ years: ['2000:2100'] }] }
`;
};

let nines: NinesProcess;
let peer: Peer;
let peerUrl: string;

const missing = !has('prometheus-alertmanager');
beforeAll(async () => {
  if (missing) return;
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  nines = await NinesProcess.start({ files: { 'alertmanager.yml': config(port, 'nines') } });
  const folder = path.join(nines.directory, 'alertmanager');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'alertmanager.yml'), config(port, 'peer'));
  const own = await freePort();
  peerUrl = `http://127.0.0.1:${own}`;
  const args = [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${own}`, '--cluster.listen-address=']; // prettier-ignore
  peer = await startPeer('prometheus-alertmanager', args, async () => (await fetch(`${peerUrl}/-/ready`)).ok);
}, 120_000);
afterAll(async () => {
  receiver.close();
  await peer?.[Symbol.asyncDispose]();
  await nines?.[Symbol.asyncDispose]();
});

const send = async (alerts: readonly object[]): Promise<void> => {
  const body = JSON.stringify(alerts);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  for (const url of [peerUrl, nines.url]) {
    const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
};

/** Of this second: a group whose first alert is older than its wait is told at once, by Alertmanager before the second alert is in it. */
let starts = '';
const alert = (labels: Record<string, string>, more: object = {}) => ({
  labels,
  annotations: { summary: `Look at ${labels['alertname']}`, note: labels['instance'] ?? '' },
  generatorURL: 'http://prometheus/graph?g0.expr=up',
  startsAt: starts,
  ...more,
});
const over = () => ({ endsAt: new Date().toISOString() });

/** What one of them told so far, by group and in order; two that are told at once stand in the order of their keys. */
const seen = (from: string) => told.filter((one) => one.from === from).map(({ body, authorization }) => ({ ...body, authorization }));
const inOrder = (list: ReturnType<typeof seen>) => list.toSorted((a, b) => (a.groupKey + a.receiver < b.groupKey + b.receiver ? -1 : a.groupKey === b.groupKey ? 0 : 1)); // prettier-ignore

test.skipIf(missing)(
  'groups, waits, what is new, what is over, and what is left out',
  async () => {
    starts = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
    const down = (instance: string, team: string) => ({ alertname: 'Down', instance, team, severity: 'warning' });
    const slow = { alertname: 'Slow', team: 'db' };
    const steps: [readonly object[], number][] = [
      // Two alerts of the web team in one group; Slow goes to two receivers, Disk to the root's; what is muted or unheard is told to nobody.
      [[alert(down('a', 'web')), alert(down('b', 'web')), alert(slow), alert({ alertname: 'Disk' }), alert({ alertname: 'X', team: 'quiet' }), alert({ alertname: 'Y', team: 'night' })], 4],
      // A third, and one of the first two is over.
      [[alert(down('c', 'web')), alert(down('a', 'web'), over())], 5],
      // All of Slow is over: only who wants to hear that is told.
      [[alert(slow, over()), alert({ alertname: 'Disk' }, over())], 7],
      [[alert(down('b', 'web'), over()), alert(down('c', 'web'), over())], 8],
      // It fires again: a new story.
      [[alert({ alertname: 'Disk' }, { startsAt: new Date().toISOString() })], 9],
    ]; // prettier-ignore
    for (const [alerts, count] of steps) {
      await send(alerts);
      await expect.poll(() => [seen('peer').length, seen('nines').length], { timeout: 30_000, interval: 100 }).toEqual([count, count]);
    }
    expect(inOrder(seen('nines'))).toEqual(inOrder(seen('peer')));
  },
  180_000,
);
