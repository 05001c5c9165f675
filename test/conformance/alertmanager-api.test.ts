/** Alertmanager's API v2: the answers by its own description, the real amtool, and a real Prometheus that sends its alerts. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NinesProcess, TOKEN } from '../harness/nines-process.ts';
import { has, startPeer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

const DESCRIPTION = path.join(import.meta.dirname, '../../../shared/conformance/alertmanager/openapi.yaml');
const run = promisify(execFile);
let nines: NinesProcess;
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const post = (body: unknown): Promise<Response> =>
  fetch(`${nines.url}/api/v2/alerts`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const get = async <T>(what: string): Promise<T> => (await fetch(`${nines.url}/api/v2/${what}`, { headers })).json() as Promise<T>;

const DOCUMENTS = `apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org, timeZone: Europe/Berlin }
---
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana] }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: web }
spec: { team: web, steps: [{ notify: [{ person: ana }] }] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { tier: 1, owner: web }
`;
const CONFIG = `global: { resolve_timeout: 10m }
route:
  receiver: default
  group_by: [alertname]
  routes:
    - { matchers: [service="shop"], receiver: shop }
receivers:
  - name: default
  - name: shop
    webhook_configs: [{ url: 'http://hooks.example.org/hush' }]
time_intervals:
  - { name: office, time_intervals: [{ weekdays: ['monday:friday'], times: [{ start_time: '09:00', end_time: '17:00' }], days_of_month: ['-3:-1'] }] }
`;

beforeAll(async () => {
  nines = await NinesProcess.start({ files: { 'team.yaml': DOCUMENTS, 'alertmanager.yml': CONFIG } });
}, 120_000);
afterAll(() => nines[Symbol.asyncDispose]());

const disk = (more: object = {}) => ({
  labels: { alertname: 'DiskFull', service: 'shop', severity: 'warning', instance: 'a', empty: '' },
  annotations: { summary: 'Free space' },
  generatorURL: 'http://prometheus/graph',
  ...more,
});

interface Shown {
  readonly labels: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly fingerprint: string;
  readonly receivers: { readonly name: string }[];
  readonly status: { readonly state: string };
}

test('what Alertmanager takes is taken, and shown as it shows it', async () => {
  expect((await post([disk()])).status).toBe(200);
  const [alert, ...others] = await get<Shown[]>('alerts?filter=alertname%3D%22DiskFull%22');
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    labels: { alertname: 'DiskFull', service: 'shop', severity: 'warning', instance: 'a' },
    receivers: [{ name: 'shop' }],
    status: { state: 'active' },
    generatorURL: 'http://prometheus/graph',
  });
  expect(Date.parse(alert!.endsAt) - Date.parse(alert!.updatedAt)).toBeCloseTo(600_000, -4);
  // Half of a request may be wrong.
  const mixed = await post([disk({ labels: { alertname: 'Fine' } }), { labels: {} }, { labels: { a: 1 } }, 7, disk({ startsAt: 'soon' })]);
  expect([mixed.status, await mixed.json()]).toEqual([
    400,
    'alert 2: at least one label pair required; alert 3: labels must be an object of texts; alert 4: it is not an object; alert 5: startsAt is not a time as RFC 3339 has it',
  ]);
  expect((await get<Shown[]>('alerts?filter=alertname=Fine')).length).toBe(1);
  await post([disk({ labels: { alertname: 'Fine' }, endsAt: new Date().toISOString(), startsAt: '2020-01-01T00:00:00+01:00' })]);
  expect((await get<Shown[]>('alerts?filter=alertname=Fine')).length).toBe(0);
});

test.each<[string, number]>([
  ['{', 400],
  ['{}', 400],
  ['[]', 200],
  [`[${Array.from({ length: 10_001 }, () => '{}').join()}]`, 413],
])('%.20s is answered %i', async (body, status) => {
  expect((await post(body)).status).toBe(status);
});

test.each<[string, number]>([
  ['', 1],
  ['active=false', 0],
  ['silenced=false&inhibited=false', 1],
  ['receiver=sh.*', 1],
  ['receiver=sh', 0],
  ['filter=severity%3D~%22warn.%2A%22&filter=service=shop', 1],
  ['filter=severity!=warning', 0],
])('alerts?%s has %i', async (search, count) => {
  await post([disk()]);
  expect(await get<unknown[]>(`alerts?${search}`)).toHaveLength(count);
  expect(await get<unknown[]>(`alerts/groups?${search}`)).toHaveLength(count);
});

test('a matcher that is none, and an expression, are refused in words', async () => {
  for (const search of ['filter=a', 'filter=a%3D~%22(%22', 'receiver=(']) {
    const answer = await fetch(`${nines.url}/api/v2/alerts?${search}`, { headers });
    expect(answer.status).toBe(400);
    expect(typeof (await answer.json())).toBe('string');
  }
});

test('without a token nobody comes in', async () => {
  for (const method of ['GET', 'POST']) expect((await fetch(`${nines.url}/api/v2/alerts`, { method })).status).toBe(401);
});

test.skipIf(!fs.existsSync(DESCRIPTION))('every answer is as openapi.yaml describes it', async () => {
  await post([disk()]);
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (on: Ajv) => void)(ajv);
  const { definitions } = parse(fs.readFileSync(DESCRIPTION, 'utf8')) as { definitions: object };
  const shapes: [string, object][] = [
    ['alerts', { $ref: '#/definitions/gettableAlerts' }],
    ['alerts/groups', { $ref: '#/definitions/alertGroups' }],
    ['receivers', { type: 'array', items: { $ref: '#/definitions/receiver' } }],
    ['status', { $ref: '#/definitions/alertmanagerStatus' }],
    ['silences', { $ref: '#/definitions/gettableSilences' }],
  ];
  for (const [what, shape] of shapes) {
    const valid = ajv.compile({ ...shape, definitions });
    valid(await get(what));
    expect(valid.errors, what).toBeNull();
  }
});

const amtool = async (...args: string[]): Promise<string> => {
  const file = path.join(nines.directory, 'http.yml');
  fs.writeFileSync(file, `authorization: { credentials: ${TOKEN} }\n`);
  const { stdout } = await run('amtool', [`--alertmanager.url=${nines.url}`, `--http.config.file=${file}`, ...args]);
  return stdout;
};

test.skipIf(!has('amtool'))('amtool adds and finds alerts, and shows the configuration', async () => {
  await amtool('alert', 'add', 'Slow', 'service=shop', '--annotation=summary=Look');
  expect(await amtool('alert', 'query', 'Slow')).toContain('Slow');
  expect(JSON.parse(await amtool('alert', 'query', 'service=~"sh.+"', 'alertname=Slow', '-o', 'json'))).toMatchObject([
    { labels: { alertname: 'Slow', service: 'shop' }, annotations: { summary: 'Look' } },
  ]);
  expect(await amtool('alert', 'query', 'service=nothing', '-o', 'json')).toBe('[]\n');
  const shown = await amtool('config', 'show');
  expect(shown).toContain('group_by:');
  expect(shown).not.toContain('hush');
  expect(await amtool('config', 'routes', 'show')).toContain('{service="shop"}  receiver: shop');
  expect(await amtool('config', 'routes', 'test', 'service=shop')).toBe('shop\n');
  expect(await amtool('cluster', 'show')).toContain('disabled');
});

test.skipIf(!has('amtool'))('amtool makes, changes, finds and ends silences; what they hold back is shown as suppressed', async () => {
  await post([disk({ labels: { alertname: 'Loud', service: 'shop' } })]);
  const id = (
    await amtool('silence', 'add', 'alertname=Loud', 'service=~"sh.*"', '--author=ana', '--comment=Known', '--duration=1h')
  ).trim();
  await expect.poll(() => get<Shown[]>('alerts?filter=alertname=Loud').then(([one]) => one?.status)).toEqual({ state: 'suppressed', silencedBy: [id], inhibitedBy: [], mutedBy: [] }); // prettier-ignore
  expect(await get<unknown[]>('alerts?filter=alertname=Loud&silenced=false')).toEqual([]);
  expect(JSON.parse(await amtool('silence', 'query', 'alertname=Loud', '-o', 'json'))).toMatchObject([
    {
      id,
      comment: 'Known',
      createdBy: 'ana',
      status: { state: 'active' },
      matchers: [{ name: 'alertname' }, { name: 'service', isRegex: true }],
    },
  ]);
  await amtool('silence', 'update', id, '--comment=Still known', '--duration=2h');
  expect(await get(`silence/${id}`)).toMatchObject({ comment: 'Still known' });
  await amtool('silence', 'expire', id);
  expect(await get(`silence/${id}`)).toMatchObject({ status: { state: 'expired' } });
  await expect.poll(() => get<Shown[]>('alerts?filter=alertname=Loud').then(([one]) => one?.status.state)).toBe('active');
  expect(JSON.parse(await amtool('silence', 'query', '-o', 'json'))).toEqual([]);
});

test.each<[string, object | undefined, number]>([
  ['silence/4f1d2c3b-0000-0000-0000-000000000000', undefined, 404],
  ['silences', { matchers: [], startsAt: '2026-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z', createdBy: 'a', comment: 'b' }, 400],
  [
    'silences',
    {
      matchers: [{ name: 'a', value: '(', isRegex: true }],
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2099-01-01T00:00:00Z',
      createdBy: 'a',
      comment: 'b',
    },
    400,
  ],
  [
    'silences',
    {
      matchers: [{ name: 'a', value: 'b', isRegex: false }],
      startsAt: 'now',
      endsAt: '2099-01-01T00:00:00Z',
      createdBy: 'a',
      comment: 'b',
    },
    400,
  ],
  [
    'silences',
    {
      matchers: [{ name: 'a', value: 'b', isRegex: false }],
      startsAt: '2001-01-01T00:00:00Z',
      endsAt: '2002-01-01T00:00:00Z',
      createdBy: 'a',
      comment: 'b',
    },
    400,
  ],
])('%s %j is answered %i %i', async (what, body, status) => {
  const answer = await fetch(`${nines.url}/api/v2/${what}`, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(status);
});

test.skipIf(!has('prometheus'))(
  'an alert of a real Prometheus becomes a page',
  async () => {
    const folder = path.join(nines.directory, 'prometheus');
    fs.mkdirSync(folder);
    const labels = '{ severity: critical, service: shop }';
    fs.writeFileSync(path.join(folder, 'rules.yml'), `groups: [{ name: g, rules: [{ alert: ShopDown, expr: vector(1), labels: ${labels}, annotations: { summary: Restore the shop } }] }]`); // prettier-ignore
    fs.writeFileSync(
      path.join(folder, 'prometheus.yml'),
      `global: { evaluation_interval: 1s }
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - authorization: { credentials: ${TOKEN} }
      static_configs: [{ targets: ['127.0.0.1:${nines.port}'] }]
`,
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${folder}/prometheus.yml`,
      '--rules.alert.resend-delay=1s',
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    await using _ = await startPeer('prometheus', args, async () => (await fetch(`${url}/-/ready`)).ok);
    type Pages = { pages: { subject: string; severity: string; state: string; alerts: { rule: string }[] }[] };
    const critical = async () => (await nines.ask<Pages>('GET', '/nines/v1/pages')).pages.filter(({ severity }) => severity === 'critical');
    await expect.poll(critical, { timeout: 60_000, interval: 250 }).toMatchObject([{ subject: 'Restore the shop', state: 'triggered', alerts: [{ rule: 'ShopDown' }] }]); // prettier-ignore
  },
  120_000,
);
