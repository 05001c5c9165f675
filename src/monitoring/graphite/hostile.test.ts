import { expect, test } from 'vitest';
import { fuzzing } from '../../../test/harness/fuzz.ts';
import { randomFrom } from '../../../test/conformance/differential/random.ts';
import { MemoryIndex } from '../../../test/conformance/graphite/memory-index.ts';
import { systemClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { MemorySource } from '../promql/index.ts';
import { FUNCTIONS } from './functions/function-table.ts';
import { Graphite } from './graphite.ts';
import { toJson } from './render/formats.ts';

const NOW = 1_735_700_400;
const ARGUMENTS = [
  '0', '1', '-1', '2.5', '1e300', '-1e9', 'inf', 'none', 'true', "''", "'x'", "'1h'", "'-1h'", "'0s'", "'99999y'", "'sum'", "'%'", "'(a+)+$'", "'['", "'\\\\9'", "'now'", "'13/13/13'",
  'a.*', 'a.b1', 'nothing', 'group()', "mapSeries(a.*,0)", "constantLine(5)", "limit(a.*,0)", "'divideSeries'", "'name=~a'",
]; // prettier-ignore

test(
  'any function of any arguments answers or is refused, and soon',
  async () => {
    const random = randomFrom(Number(process.env['GRAPHITE_HOSTILE_SEED'] ?? 5));
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const source = new MemorySource();
    const names = ['a.b1', 'a.b2', 'a.c'].map((name) => ({ __name__: name }));
    const times = Array.from({ length: 60 }, (_, i) => (NOW + (i - 59) * 60) * 1000);
    for (const labels of names) source.add(labels, times, times.map(() => (random() < 0.2 ? Infinity : random() * 10 - 5))); // prettier-ignore
    const limits = { maxConcurrency: 2, timeout: 10_000, maxSamples: 1e7 };
    const graphite = new Graphite({ source, index: new MemoryIndex(names), clock: systemClock, limits, settings: { maxValues: 1e6 } });
    const question = {
      from: NOW - 1800,
      until: NOW,
      now: NOW,
      zone: 'Europe/Berlin',
      xFilesFactor: 0,
      template: new Map<string, string>(),
    };
    const more = fuzzing(1_500);
    for (let i = 0; more(); i++) {
      const args = Array.from({ length: Math.floor(random() * 5) }, (_, at) =>
        at === 0 && random() < 0.8 ? pick(['a.*', 'a.b1']) : pick(ARGUMENTS),
      );
      const target = `${pick([...FUNCTIONS.keys()])}(${args.join(',')})`;
      const began = performance.now();
      try {
        const list = await graphite.render([target], question);
        expect(() => JSON.parse([...toJson(list, { maxDataPoints: 1 + (i % 9), noNullPoints: false })].join('')), target).not.toThrow();
      } catch (error) {
        if (!(error instanceof Problem)) throw new Error(`${target}: ${String(error)}`, { cause: error });
      }
      expect(performance.now() - began, target).toBeLessThan(2_000);
    }
  },
  120_000 + Number(process.env['NINES_FUZZ_MINUTES'] ?? 0) * 60_000,
);
