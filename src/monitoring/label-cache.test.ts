import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabelCache } from './label-cache.ts';

const viewOf = (text: string): DataView => {
  const bytes = new TextEncoder().encode(`..${text}.`);
  return new DataView(bytes.buffer);
};

test('agrees with a map, whatever the order, the sizes and the times it starts anew', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 400 }), fc.constantFrom(1024, 1 << 16), (texts, maxBytes) => {
      const cache = new LabelCache(maxBytes);
      const ids = new Map<string, number>();
      for (const text of texts) {
        const view = viewOf(text);
        const to = view.byteLength - 1;
        const known = ids.get(text);
        const found = cache.find(view, 2, to);
        // A small cache forgets; it never mixes up.
        if (found !== 0 || (maxBytes > 20_000 && known !== undefined)) expect(found).toBe(known);
        if (known === undefined) ids.set(text, ids.size + 1);
        if (found === 0) cache.add(view, 2, to, ids.get(text) as number);
      }
    }),
    { numRuns: 200 },
  );
});

test('thousands of series in one order, then in another', () => {
  const cache = new LabelCache(1 << 22);
  const texts = Array.from({ length: 10_000 }, (_, i) => `series ${i}`);
  for (const [i, text] of texts.entries()) cache.add(viewOf(text), 2, viewOf(text).byteLength - 1, i + 1);
  for (const order of [texts, texts.toReversed(), texts]) {
    for (const text of order) expect(cache.find(viewOf(text), 2, viewOf(text).byteLength - 1)).toBe(Number(text.slice(7)) + 1);
  }
});
