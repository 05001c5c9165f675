/** What random queries found beside a real Prometheus, each as small as it gets. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createQueryEngine } from '../engine.ts';
import { formatFloat } from '../number-format.ts';
import { MemorySource } from '../memory-source.ts';

const source = new MemorySource();
const MINUTE = 60_000;
const add = (labels: Record<string, string>, ...values: [minute: number, value: number][]): void =>
  source.add(labels, values.map(([minute]) => minute * MINUTE), values.map(([, value]) => value)); // prettier-ignore
add({ __name__: 'm', job: 'a', zone: 'n' }, [1, 1], [2, 1], [3, 1]);
add({ __name__: 'm', job: 'a', zone: 's' }, [1, 2], [2, 2], [3, 2]);
add({ __name__: 'late', job: 'a' }, [3, 5]);
add({ __name__: 'late', job: 'b' }, [1, 4]);
for (const [le, count] of [['0x1p-2', 1], ['1_0', 3], [' 2', 99], ['0x2', 99], ['Infinity', 4]] as const) add({ __name__: 'b', le }, [3, count]); // prettier-ignore

test.each([
  ['a match group with two samples, where the other side has none', 'm{job="none"} + on (job) m', ''],
  ['… nor at that step', 'max_over_time((late{job="a"} * on (job) m)[1m:1m] offset 1m)', ''],
  ['clamp to NaN leaves the infinity that is beyond', 'clamp(vector(-Inf), 2, NaN)', '{} 2'],
  ['… on either side', 'clamp(vector(+Inf), NaN, +Inf)', '{} +Inf'],
  ['a year that no Date has', 'year(vector(1e14))', '{} 3170843'],
  ['… and its day', 'day_of_month(vector(-1e14))', '{} 24'],
  ['… beyond all', 'year(vector(1e300))', '{} NaN'],
  ['bounds as Go reads numbers', 'histogram_quantile(0.5, b)', '{} 5.125'],
  ['series that come late, through bottomk in a subquery', 'max_over_time((bottomk(9, late))[3m:1m])', '{job="a"} 5 {job="b"} 4'],
  ['absent of a label that is told after what it is not', 'absent(m{job!="a",job="z",zone="n",zone!="s"})', '{job="z"} 1'],
  ['an angle whose quotient is too small for a number', 'vector(-1e-186) atan2 vector(-1e145)', '{} 3.141592653589793'],
  [
    'sides of `or` at different steps that are one series then',
    'count(count_over_time((2 * (m{zone="n"} and on () vector(time()) < 150 or delta(m{zone="n"}[2m])))[3m:1m]))',
    '{} 1',
  ],
  ['count_values without the label that it makes', 'count_values without (job, zone) ("job", m)', '{} 2'],
])('%s: %s', async (_, query, expected) => {
  const result = await createQueryEngine({ source, clock: systemClock }).instant(query, 3 * MINUTE);
  if (result.kind !== 'vector') throw new Error(result.kind);
  const shown = result.samples.map(({ labels, value }) => `{${Object.entries(labels).map(([name, text]) => `${name}="${text}"`).join(',')}} ${formatFloat(value)}`); // prettier-ignore
  expect(shown.join(' ')).toBe(expected);
});

test('over a range, a series whose name goes away is another than the one that keeps it', async () => {
  // At two minutes there is `m` itself, at three only what is made of it.
  const query = 'm{zone="n"} and on () vector(time()) < 150 or delta(m{zone="n"}[2m])';
  const { series } = await createQueryEngine({ source, clock: systemClock }).range(query, 2 * MINUTE, 3 * MINUTE, MINUTE);
  expect(series.map(({ labels }) => labels['__name__'])).toEqual(['m', undefined]);
});
