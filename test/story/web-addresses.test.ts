/** What the web asks for is there: its pages are tried over made-up answers, and each address of those must be one of the built nines'. */
import { expect, test } from 'vitest';
import { FIXTURE_ROUTES } from '../../web/dev/fixture-api.ts';
import { NinesProcess, TOKEN } from '../harness/nines-process.ts';

/** `GET /nines/v1/pages/:` whatever the parameter is called. */
const plain = (route: string): string => route.replace(/:\w+|\{\w+\}/g, ':');

test('each address that the pages are tried over is one of the server’s', { timeout: 120_000 }, async () => {
  await using nines = await NinesProcess.start();
  const answer = await fetch(`${nines.url}/nines/v1/openapi.json`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { paths } = (await answer.json()) as { paths: Record<string, object> };
  const there = Object.entries(paths).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => plain(`${verb.toUpperCase()} ${path}`)));
  expect(there.length).toBeGreaterThan(50);
  const missing = FIXTURE_ROUTES.filter((route) => route.includes(' /nines/') && !there.includes(plain(route)));
  expect(missing).toEqual([]);
});
