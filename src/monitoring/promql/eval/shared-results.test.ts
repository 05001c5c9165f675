import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createQueryEngine } from '../engine.ts';
import { MemorySource } from '../memory-source.ts';
import { parse } from '../parse-cache.ts';
import { SharedResults, sharedParts } from './shared-results.ts';

const source = new MemorySource();
for (const job of ['a', 'b'])
  for (const code of ['200', '500'])
    source.add({ __name__: 'requests_total', job, code }, [0, 60_000, 120_000], [0, job === 'a' ? 60 : 6, code === '500' ? 70 : 120]);
let selects = 0;
const counted = { select: (...args: Parameters<MemorySource['select']>) => (selects++, source.select(...args)) };
const engine = createQueryEngine({ source: counted, clock: systemClock });

const QUERIES = [
  'sum by (job) (rate(requests_total[5m]))',
  'sum by (job) (rate(requests_total[5m])) > 0.1',
  '-sum by (job) (rate(requests_total[5m]))',
  'label_replace(sum by (job) (rate(requests_total[5m])), "job", "x-$1", "job", "(.*)")',
  'rate(requests_total[5m]) * 2',
  'sort_desc(rate(requests_total[5m]))',
  'sum by (job) (rate(requests_total[5m])) / sum by (job) (rate(requests_total[5m]))',
  'max_over_time(sum by (job) (rate(requests_total[5m]))[2m:1m])',
  'sum by (job) (rate(requests_total[5m] offset 1m))',
  'scalar(sum(rate(requests_total[5m]))) + 1',
];

test('queries that share their parts answer as they do by themselves, in any order and with fewer selects', async () => {
  const parts = sharedParts(QUERIES.map((query) => parse(query)));
  const alone = await Promise.all(QUERIES.map((query) => engine.instant(query, 120_000)));
  const without = selects;
  for (const order of [QUERIES, QUERIES.toReversed()]) {
    selects = 0;
    const shared = new SharedResults(parts);
    for (const query of order) expect(await engine.instant(query, 120_000, { shared })).toEqual(alone[QUERIES.indexOf(query)]);
    expect(selects).toBeLessThan(without / 2);
    // Another time is another result.
    expect(await engine.instant(QUERIES[0]!, 60_000, { shared })).toEqual(await engine.instant(QUERIES[0]!, 60_000));
  }
});

test('beside each other, and where one of them fails', async () => {
  const parts = sharedParts(QUERIES.map((query) => parse(query)));
  const alone = await Promise.all(QUERIES.map((query) => engine.instant(query, 120_000)));
  const shared = new SharedResults(parts);
  const given = AbortSignal.abort(new Error('given up'));
  await expect(engine.instant(QUERIES[0]!, 120_000, { shared, signal: given })).rejects.toThrow('given up');
  expect(await Promise.all(QUERIES.map((query) => engine.instant(query, 120_000, { shared })))).toEqual(alone);
});

test('only what more than one has is shared', () => {
  expect([...sharedParts([parse('sum(rate(a[5m])) > 1'), parse('max(rate(a[5m]))')])]).toEqual(['rate(a[5m])']);
});
