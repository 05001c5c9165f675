import { expect, test } from 'vitest';
import { targetStatesAnswer, type DroppedTargetJson, type TargetStateJson, type TargetStatesQuery } from './contract.ts';
import { answerTargets } from './target-answer.ts';

const target = (scrape: string, instance: string, more: Partial<TargetStateJson> = {}): TargetStateJson => ({
  scrape,
  job: scrape,
  instance,
  url: `http://${instance}/metrics`,
  labels: { job: scrape, instance, env: 'live' },
  discovered: { __address__: instance, rack: 'r7' },
  health: 'up',
  lastScrape: null,
  lastDurationMs: null,
  lastError: null,
  samples: 3,
  intervalMs: 15_000,
  ...more,
});
const targets = [
  target('nodes', 'a:1'),
  target('nodes', 'b:1', { health: 'down', lastError: 'status 503, expected 200' }),
  target('shop', 'c:1', { health: 'unknown' }),
];
const dropped: DroppedTargetJson[] = [
  { scrape: 'nodes', discovered: { __address__: 't:1' }, problem: null },
  { scrape: 'shop', discovered: { __address__: '' }, problem: 'no __address__ is left' },
];

test.each<[TargetStatesQuery, string[], string[]]>([
  [{}, ['b:1', 'c:1', 'a:1'], ['', 't:1']],
  [{ state: 'down' }, ['b:1'], []],
  [{ state: 'dropped' }, [], ['', 't:1']],
  [{ pool: 'shop' }, ['c:1'], ['']],
  [{ text: '503 NODES' }, ['b:1'], []],
  [{ text: 'env="live" a:1' }, ['a:1'], []],
  [{ text: 'left' }, [], ['']],
  [{ limit: 1 }, ['b:1'], ['']],
])('%j', (query, instances, addresses) => {
  const answer = answerTargets(targets, dropped, query);
  targetStatesAnswer.parse({ ...answer, problems: [] });
  expect(answer.targets.map(({ instance }) => instance)).toEqual(instances);
  expect(answer.dropped.map(({ discovered }) => discovered['__address__'])).toEqual(addresses);
  expect(answer.pools).toEqual([
    { name: 'nodes', up: 1, down: 1, unknown: 0, dropped: 1 },
    { name: 'shop', up: 0, down: 0, unknown: 1, dropped: 1 },
  ]);
});

test('labels before relabelling are there where they are asked for; what is left out is counted', () => {
  expect(answerTargets(targets, dropped, {}).targets[0]).not.toHaveProperty('discovered');
  expect(answerTargets(targets, dropped, { discovered: true, limit: 1 })).toMatchObject({ found: 3, droppedFound: 2, targets: [{ discovered: { rack: 'r7' } }] }); // prettier-ignore
});
