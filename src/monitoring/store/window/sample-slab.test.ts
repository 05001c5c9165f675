import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classFor, classSize, SampleSlab } from './sample-slab.ts';

const slabOf = (samples: number): SampleSlab => new SampleSlab({ bytes: samples * 16, quarantineMs: 0, monotonic: () => 0 });

test('classes hold what they are asked for', () => {
  for (let samples = 1; samples < 100_000; samples += 1 + (samples >> 5)) {
    const index = classFor(samples);
    expect(classSize(index)).toBeGreaterThanOrEqual(samples);
    if (index > 0) expect(classSize(index - 1)).toBeLessThan(samples);
  }
});

test.each([20_000, 600_000])('blocks never overlap, and what was freed is used again, in %i samples', (capacity) => {
  type Step = { readonly take: number } | { readonly give: number };
  const step: fc.Arbitrary<Step> = fc.oneof(fc.record({ take: fc.integer({ min: 0, max: 22 }) }), fc.record({ give: fc.nat() }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const slab = slabOf(capacity);
      const taken: { offset: number; index: number }[] = [];
      for (const one of steps) {
        if ('take' in one) {
          const offset = slab.allocate(one.take);
          if (offset < 0) continue;
          const end = offset + classSize(one.take);
          expect(end).toBeLessThanOrEqual(slab.times.length);
          for (const other of taken) expect(offset >= other.offset + classSize(other.index) || end <= other.offset).toBe(true);
          // A free block may hold anything: what reads it must not care.
          slab.times.fill(Number.NaN, offset, end);
          taken.push({ offset, index: one.take });
        } else if (taken.length > 0) {
          const [gone] = taken.splice(one.give % taken.length, 1);
          if (gone) slab.free(gone.offset, gone.index);
        }
        expect(slab.usedBytes).toBe(taken.reduce((sum, { index }) => sum + classSize(index) * 16, 0));
      }
      for (const { offset, index } of taken) slab.free(offset, index);
      // Everything is free again, in one piece.
      const most = slab.times.length;
      let largest = 0;
      while (classSize(largest + 1) <= most) largest++;
      expect(slab.allocate(largest)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('many series that grow together leave no memory behind in the sizes that they had', () => {
  const slab = slabOf(1_000_000);
  const series = 10_000;
  let blocks = Array.from({ length: series }, () => slab.allocate(0));
  for (let index = 1; index <= 8; index++) {
    blocks = blocks.map((old) => {
      const offset = slab.allocate(index);
      slab.free(old, index - 1);
      return offset;
    });
  }
  expect(blocks.every((offset) => offset >= 0)).toBe(true);
  // 10,000 blocks of 64 samples, and some pages of the size before: without sharing it would be 2.2 times as much.
  expect(Math.max(...blocks) + classSize(8)).toBeLessThan(series * classSize(8) * 1.6);
});

test('what was freed rests while a lease that was open then is open, and after a read without one for the time of quarantine', () => {
  let now = 0;
  const slab = new SampleSlab({ bytes: 16 * 2000, quarantineMs: 30, monotonic: () => now });
  const largest = classFor(slab.times.length / 2);
  const isFree = (): boolean => {
    const offset = slab.allocate(largest);
    if (offset >= 0) slab.free(offset, largest);
    return offset >= 0;
  };
  const take = (): number => {
    const offset = slab.allocate(largest);
    expect(offset).toBeGreaterThanOrEqual(0);
    return offset;
  };
  const first = { ended: false };
  const second = { ended: false };
  let held = take();
  slab.noteRead(first);
  slab.noteRead(second);
  slab.free(held, largest);
  first.ended = true;
  expect(isFree()).toBe(false);
  second.ended = true;
  expect(isFree()).toBe(true);
  // A lease from after it was freed holds nothing that was free before.
  held = take();
  slab.noteRead({ ended: true });
  slab.free(held, largest);
  slab.noteRead({ ended: false });
  expect(isFree()).toBe(true);
  const other = new SampleSlab({ bytes: 16 * 2000, quarantineMs: 30, monotonic: () => now });
  held = other.allocate(largest);
  now = 100;
  other.noteRead();
  now = 120;
  other.free(held, largest);
  expect(other.allocate(largest)).toBe(-1);
  now = 131;
  expect(other.allocate(largest)).toBe(held);
});
