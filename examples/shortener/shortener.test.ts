import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startBalancer } from './balancer.ts';
import { parseFaults } from './faults.ts';
import type { Service } from './http.ts';
import { startLinkStore } from './link-store.ts';
import { startShortener } from './shortener.ts';
import { popular, rateAt } from './traffic.ts';
import { startVisitLog } from './visit-log.ts';

const url = (service: Service): string => `http://127.0.0.1:${service.port}`;

/** The whole thing, in this process: a store, a visit log, two instances, the balancer. */
async function setUp() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'shortener-'));
  const store = await startLinkStore({ port: 0, directory });
  const visits = await startVisitLog({ port: 0, directory });
  const instance = (version: string) => startShortener({ port: 0, store: url(store), visits: url(visits), version, allowFaults: true });
  const instances = [await instance('1'), await instance('1')];
  const balancer = await startBalancer({ port: 0, backends: instances.map(url) });
  const shorten = async (body: unknown) =>
    fetch(`${url(balancer)}/links`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const follow = (code: string) => fetch(`${url(balancer)}/${code}`, { redirect: 'manual' });
  return {
    directory,
    store,
    visits,
    instances,
    balancer,
    shorten,
    follow,
    async [Symbol.asyncDispose]() {
      for (const service of [balancer, ...instances, visits, store]) await service.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
}

test('a link is shortened, followed, and its visit logged in the background', async () => {
  await using world = await setUp();
  const made = await world.shorten({ url: 'https://example.org/a?b=c' });
  expect(made.status).toBe(201);
  const { code } = (await made.json()) as { code: string };
  const answer = await world.follow(code);
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://example.org/a?b=c']);
  await expect.poll(async () => (await fetch(`${url(world.visits)}/visits/${code}`)).json()).toEqual({ code, visits: 1 });
  expect((await world.follow('nowhere')).status).toBe(404);
  const metrics = await (await fetch(`${url(world.balancer)}/metrics`)).text();
  expect(metrics).toContain('http_requests_total{route="/:code",method="GET",code="302"} 1');
  expect(metrics).not.toContain(code);
});

test.each([[{}], [{ url: 'javascript:alert(1)' }], [{ url: 'not an address' }], [{ url: 7 }], ['text']])('%j is no link', async (body) => {
  await using world = await setUp();
  const answer = await world.shorten(body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: 'Send {"url": "https://…"}: a full http or https address.' });
});

test('users notice nothing of an instance that crashes', async () => {
  await using world = await setUp();
  const { code } = (await (await world.shorten({ url: 'https://example.org/' })).json()) as { code: string };
  await world.instances[0]?.close();
  const statuses = new Set<number>();
  for (let i = 0; i < 10; i++) statuses.add((await world.follow(code)).status);
  expect([...statuses]).toEqual([302]);
});

test('without the store, redirects fail quickly and say why; with it back, they work', async () => {
  await using world = await setUp();
  const { code } = (await (await world.shorten({ url: 'https://example.org/' })).json()) as { code: string };
  const { port } = world.store;
  await world.store.close();
  const answer = await world.follow(code);
  expect(answer.status).toBe(502);
  expect(await answer.text()).toContain("link store can't be reached");
  const again = await startLinkStore({ port, directory: world.directory });
  expect((await world.follow(code)).status).toBe(302);
  await again.close();
});

test('faults break what they say and are taken back', async () => {
  await using world = await setUp();
  const { code } = (await (await world.shorten({ url: 'https://example.org/' })).json()) as { code: string };
  const setFaults = (body: string) =>
    Promise.all(world.instances.map((instance) => fetch(`${url(instance)}/-/faults`, { method: 'POST', body })));
  await setFaults('{"errors": 1}');
  expect((await world.follow(code)).status).toBe(500);
  await setFaults('{}');
  expect((await world.follow(code)).status).toBe(302);
});

test.each([
  ['{"errors": 0.5, "latencyMs": 20}', { errors: 0.5, latencyMs: 20 }],
  ['{}', { errors: 0, latencyMs: 0 }],
  ['{"errors": 2}', undefined],
  ['{"latencyMs": -1}', undefined],
  ['{"errors": "all"}', undefined],
  ['nonsense', undefined],
])('faults of %s', (text, expected) => expect(parseFaults(text)).toEqual(expected));

test('the rate rises and falls like a day, and some links are more popular', () => {
  expect([0, 150_000, 300_000, 450_000, 600_000].map((ms) => Math.round(rateAt(ms)))).toEqual([8, 24, 40, 24, 8]);
  expect([0, 0.25, 0.5, 0.99].map((random) => popular(100, random))).toEqual([0, 6, 25, 98]);
});
