/** A short share of `npm run fuzz -- promql`, with seeds that stay. */
import { expect, test } from 'vitest';
import { has } from '../harness/peer-process.ts';
import { newTally, runRound, wholeCall } from './differential/campaign.ts';

const ROUNDS = [20260131, 20260201];
const QUERIES = 400;

test.each([
  ['sort(a)', 'sort'],
  ['sort_desc(a{x=")"} or b)', 'sort_desc'],
  ['sort_desc(a) or b', undefined],
  ['sort(a) or sort(b)', undefined],
  ['topk by (job) (3, a)', 'topk'],
  ['topk(3, a) by (job)', 'topk'],
  ['a', undefined],
])('the call that all of %s is', (query, name) => expect(wholeCall(query)).toBe(name));

test.skipIf(!has('prometheus'))(`a real Prometheus gives the same answers to ${QUERIES} random queries`, { timeout: 120_000 }, async () => {
  const told: string[] = [];
  const tally = newTally();
  for (const seed of ROUNDS) await runRound({ seed, queries: QUERIES / ROUNDS.length, tally, say: (text) => told.push(text) });
  expect(told.join('\n')).toBe('');
  // Most random questions have an answer; else this proves nothing.
  expect(tally.filled).toBeGreaterThan(QUERIES * 0.6);
  expect(tally.rounding).toBeLessThan(QUERIES * 0.02);
});
