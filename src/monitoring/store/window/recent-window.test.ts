import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DUPLICATE, INSERTED, NO_ROOM, RecentWindow } from './recent-window.ts';
import { SampleSlab } from './sample-slab.ts';

const SERIES = 4;
const words = (n: number): Uint32Array => Uint32Array.of(n, 0x7ff00000);

type Step = { readonly insert: readonly [id: number, time: number] } | { readonly trim: number } | { readonly wait: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ insert: fc.tuple(fc.integer({ min: 1, max: SERIES }), fc.nat(300)) }) },
  { weight: 1, arbitrary: fc.record({ trim: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.nat(60) }) },
);

test('agrees with plain lists, and what a query holds stays as it was while it may read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      let now = 0;
      const slab = new SampleSlab({ bytes: 16 * 2000, quarantineMs: 30, monotonic: () => now });
      const window = new RecentWindow(slab);
      window.reserve(SERIES + 1);
      const lists = new Map<number, Map<number, number>>();
      const held: { until: number; from: number; to: number; times: number[] }[] = [];
      for (const [n, one] of steps.entries()) {
        if ('insert' in one) {
          const [id, time] = one.insert;
          const list = lists.get(id) ?? new Map<number, number>();
          lists.set(id, list);
          // The newest is known even after it was trimmed.
          expect(window.has(id, time)).toBe(list.has(time) || window.newest(id) === time);
          const outcome = window.insert(id, Float64Array.of(time), words(n), 0);
          if (outcome === NO_ROOM) continue;
          expect(outcome).toBe(list.has(time) ? DUPLICATE : INSERTED);
          if (outcome === INSERTED) list.set(time, n);
        } else if ('trim' in one) {
          for (let id = 1; id <= SERIES; id++) {
            window.trim(id, one.trim);
            for (const time of lists.get(id)?.keys() ?? []) if (time <= one.trim) lists.get(id)?.delete(time);
          }
        } else {
          now += one.wait;
          const { from, to } = window.range(1);
          slab.noteRead();
          held.push({ until: now + 30, from, to, times: [...slab.times.subarray(from, to)] });
        }
        for (const { until, from, to, times } of held) if (now <= until) expect([...slab.times.subarray(from, to)]).toEqual(times);
      }
      for (const [id, list] of lists) {
        const { from, to } = window.range(id);
        const expected = [...list].sort(([a], [b]) => a - b);
        expect(Array.from({ length: to - from }, (_, i) => [slab.times[from + i], slab.words[2 * (from + i)]])).toEqual(expected);
        const place = new Uint32Array(2);
        const inside = expected.filter(([time]) => time >= 50 && time <= 200);
        expect(window.find(id, 50, 200, place)).toBe(inside.length > 0);
        if (inside.length > 0) expect([...slab.times.subarray(place[0], place[1])]).toEqual(inside.map(([time]) => time));
      }
    }),
    { numRuns: 200 },
  );
});

test('a window that is full says so, and has room again after a trim', () => {
  const window = new RecentWindow(new SampleSlab({ bytes: 16 * 2000, quarantineMs: 0, monotonic: () => 0 }));
  let time = 0;
  while (window.insert(1, Float64Array.of(++time), words(1), 0) === INSERTED);
  expect(window.samples).toBeGreaterThan(10);
  window.trim(1, time);
  expect(window.samples).toBe(0);
  expect(window.insert(1, Float64Array.of(time + 1), words(1), 0)).toBe(INSERTED);
});
