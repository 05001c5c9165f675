import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { request, sample, series } from '../../src/monitoring/remote-write/encode-request.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { execNines } from '../harness/exec-nines.ts';

/** What a person would look at to tell whether everything is there. */
const QUESTIONS = [
  '/nines/v1/resources',
  '/nines/v1/accounts',
  '/nines/v1/events?limit=200&kind=change.*',
  '/nines/v1/graphs',
  '/nines/v1/incidents',
  '/nines/v1/postmortems',
  '/api/v1/label/__name__/values?match[]={job="backfill"}',
];

const DOCUMENTS = `
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { owner: store, tier: 2 }
---
apiVersion: nines/v1
kind: Team
metadata: { name: store }
spec: { members: [ana] }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org }
`;

test('what was backed up while it ran is all there in a new place, and answers the same', { timeout: 180_000 }, async () => {
  await using nines = await NinesProcess.start({ files: { 'shop.yaml': DOCUMENTS } });
  const end = Date.now();
  const times = Array.from({ length: 500 }, (_, i) => end - (500 - i) * 15_000);
  await fetch(`${nines.url}/api/v1/write`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(
      request(
        ...['a', 'b', 'c'].map((shop, n) =>
          series({ __name__: 'orders_total', job: 'backfill', shop }, ...times.map((time, i) => sample(time, i * (n + 1)))),
        ),
      ),
    ),
  });
  await nines.ask('POST', '/nines/v1/changes', { service: 'shop', version: '7' });
  const span = { start: String((end - 7_500_000) / 1000), end: String(end / 1000), step: '60' };
  const orders = `/api/v1/query_range?${new URLSearchParams({ query: 'sum by (shop) (rate(orders_total[5m]))', ...span }).toString()}`;
  await nines.ask('POST', '/nines/v1/graphs', { expr: 'orders_total', from: new Date(end - 3_600_000), to: new Date(end) });
  const before = await answers(nines, [...QUESTIONS, orders]);

  const made = await execNines(nines, ['backup', '--json']);
  expect(made.code, made.text).toBe(0);
  const { folder } = JSON.parse(made.text) as { folder: string };
  expect(fs.statSync(folder).mode & 0o077).toBe(0);
  await nines.kill();

  const data = path.join(nines.directory, 'restored');
  const restored = await execNines(nines, ['restore', folder, '--data', data]);
  expect(restored.code, restored.text).toBe(0);
  expect((await execNines(nines, ['restore', folder, '--data', data])).text).toContain('is not empty');
  await using again = await NinesProcess.start({ files: { 'shop.yaml': DOCUMENTS }, data });
  const after = await waitFor(
    () => `the documents to be in force; ${nines.output}`,
    async () => {
      const all = await answers(again, [...QUESTIONS, orders]);
      return all[0]?.includes('shop') === true && all;
    },
  );
  expect(after).toEqual(before);
});

test('a damaged backup is refused, and nothing is made of it', { timeout: 120_000 }, async () => {
  await using nines = await NinesProcess.start();
  const made = await execNines(nines, ['backup', '--json']);
  const { folder } = JSON.parse(made.text) as { folder: string };
  const state = path.join(folder, 'state.jsonl.gz');
  const bytes = fs.readFileSync(state);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  fs.writeFileSync(state, bytes);
  const data = path.join(nines.directory, 'restored');
  const answer = await execNines(nines, ['restore', folder, '--data', data]);
  expect(answer.code).toBe(2);
  expect(answer.text).toContain('is damaged');
  expect(fs.existsSync(data)).toBe(false);
});

/** Without what is of the process and not of its data. */
async function answers(nines: NinesProcess, questions: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(questions.map(async (question) => JSON.stringify(await nines.ask<unknown>('GET', question))));
  return texts.map((text) => text.replaceAll(nines.url, '').replaceAll(nines.config, ''));
}
