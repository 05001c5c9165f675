import { expect, test } from 'vitest';
import { decideSeries, type SeriesMemory } from './decide-series.ts';
import { graphiteRuleSpec } from './graphite-rule-kind.ts';

const MINUTE = 60_000;

/** Plays values minute by minute; `-` is none. What was told, as `minute level to`. */
function play(spec: Record<string, unknown>, values: string, listeningSince: readonly number[] = [0]): { told: string[]; memory: SeriesMemory | undefined } {
  const rule = graphiteRuleSpec.parse({ target: 'a.*', ...spec });
  let memory: SeriesMemory | undefined;
  const told: string[] = [];
  values.split(' ').forEach((text, minute) => {
    const heard = listeningSince.findLast((since) => since <= minute) ?? 0;
    const decision = decideSeries(rule, 'a.b', memory, text === '-' ? undefined : Number(text), minute * MINUTE, heard * MINUTE);
    memory = decision.memory;
    told.push(...decision.told.map(({ level, to }) => `${minute} ${level} ${to}`));
  });
  return { told, memory };
} // prettier-ignore

const both = { critical: { above: 90 }, today: { above: 80 } };

test.each<[string, Record<string, unknown>, string, string[]]>([
  ['above', { today: { above: 80 } }, '79 80 81 80', ['2 today firing', '3 today resolved']],
  ['below', { today: { below: 5 } }, '5 4 5', ['1 today firing', '2 today resolved']],
  ['outside a range', { today: { below: 1, above: 9 } }, '5 0 5 10', ['1 today firing', '2 today resolved', '3 today firing']],
  ['for', { today: { above: 1 }, for: '2m' }, '2 2 0 2 2 2', ['5 today firing']],
  ['keepFiringFor', { today: { above: 1 }, keepFiringFor: '2m' }, '2 0 2 0 0 0', ['0 today firing', '5 today resolved']],
  ['worse', both, '85 95 85 70', ['0 today firing', '1 critical firing', '2 critical resolved', '3 today resolved']],
  ['critical at once needs no ticket', both, '95 95 85 70', ['0 critical firing', '2 critical resolved', '2 today firing', '3 today resolved']],
  ['critical while a ticket waits', { ...both, for: '1m' }, '85 95 95 70', ['2 critical firing', '3 critical resolved']],
  ['a gap decides nothing', both, '95 - - 95 - 70', ['0 critical firing', '5 critical resolved']],
  ['gone, then back', { ...both, missing: { after: '2m' } }, '95 - - - 70', ['0 critical firing', '2 critical resolved', '2 missing firing', '4 missing resolved']],
  ['gone for good', { missing: { after: '2m', forgetAfter: '1h' } }, `1 ${Array.from({ length: 65 }, () => '-').join(' ')}`, ['2 missing firing', '60 missing resolved']],
  ['gone, where nobody asks', { ...both, missing: false }, `95 ${Array.from({ length: 12 }, () => '-').join(' ')}`, ['0 critical firing', '10 critical resolved']],
  ['never there', both, '- - -', []],
])('%s', (_, spec, values, expected) => {
  expect(play(spec, values).told).toEqual(expected);
}); // prettier-ignore

test('what nines could not hear is not missing: it waits as long again from when it can', () => {
  const spec = { missing: { after: '2m' } };
  expect(play(spec, '1 - - - - -', [0, 2]).told).toEqual(['4 missing firing']);
  // And what was found missing before stays so.
  expect(play(spec, '1 - - - - 1', [0, 3]).told).toEqual(['2 missing firing', '5 missing resolved']);
});

test('a forgotten series is a new one when it comes back', () => {
  const { memory, told } = play({ missing: { after: '2m', forgetAfter: '1h' } }, `1 ${Array.from({ length: 60 }, () => '-').join(' ')} 1`);
  expect(told).toEqual(['2 missing firing', '60 missing resolved']);
  expect(memory).toMatchObject({ firstSeen: 61 * MINUTE, holding: {} });
});

test.each([
  [{ target: 'a.{b' }, 'target'],
  [{ today: {} }, "write 'above'"],
  [{ today: { above: 1, below: 2 } }, "'below' must not be greater"],
  [{ annotations: { summary: '{{ $labels.series' } }, ''],
])('%o is refused', (spec, problem) => {
  const read = graphiteRuleSpec.safeParse({ target: 'a.*', ...spec });
  expect(read.success).toBe(false);
  expect(JSON.stringify(read.error?.issues)).toContain(problem);
});
