import { expect, test } from 'vitest';
import { histogramText, parseHistogram } from '../histogram/index.ts';
import type { Labels } from '../series.ts';
import { createClassicToNative } from './classic-to-native.ts';
import { coarsen } from './coarsen.ts';
import { createExpositionReader } from './exposition.ts';
import { seriesText } from './memory-sink.ts';

function target(keepClassic = false) {
  let lines: string[] = [];
  const resolved: string[] = [];
  const converter = createClassicToNative<string>(
    {
      resolve: (labels: Labels) => (resolved.push(seriesText(labels)), seriesText(labels)),
      sample: (series, value, time) => void lines.push(`${series} ${value}${Number.isNaN(time) ? '' : ` @${time}`}`),
      histogram: (series, histogram, time) =>
        void lines.push(`${series} ${histogramText(histogram, String)}${Number.isNaN(time) ? '' : ` @${time}`}`),
    },
    keepClassic,
  );
  const reader = createExpositionReader(converter.handler);
  const read = (text: string): string[] => {
    lines = [];
    converter.begin();
    converter.end(reader.read(text));
    return lines;
  };
  return { read, resolved, converter };
}

const BUCKETS = `wait_bucket{a="b",le="0.1"} 3
wait_bucket{a="b",le="1"} 5
wait_bucket{a="b",le="+Inf"} 6
wait_sum{a="b"} 2.5
wait_count{a="b"} 6
`;
const TYPED = `# TYPE wait histogram\n${BUCKETS}`;
const NATIVE = 'wait{a="b"} {count:6, sum:2.5, [-Infinity,0.1]:3, (0.1,1]:2, (1,Infinity]:1}';

test('buckets, sum and count become one histogram, in every scrape, and make no series of their own', () => {
  const { read, resolved } = target();
  expect(read(`${TYPED}other 1\n`).sort()).toEqual(['other{} 1', NATIVE]);
  expect(read(`${TYPED}other 1\n`).sort()).toEqual(['other{} 1', NATIVE]);
  expect(resolved.sort()).toEqual(['other{}', 'wait{a="b"}']);
});

test('the classic series stay where they are asked for', () => {
  expect(target(true).read(TYPED)).toEqual([
    NATIVE,
    ...BUCKETS.trim()
      .split('\n')
      .map((line) => line.replace(/^(wait_(?:sum|count))/, '$1')),
  ]);
});

test.each([
  ['no type', BUCKETS],
  ['the type of something else', `# TYPE wait gauge\n${BUCKETS}`],
  ['buckets that fall', TYPED.replace('le="1"} 5', 'le="1"} 2')],
  ['a sum and a count, as summaries have them', '# TYPE wait summary\nwait_sum 1\nwait_count 2\n'],
  ['a boundary that is none', '# TYPE wait histogram\nwait_bucket{le="x"} 1\n'],
  ['no boundary', '# TYPE wait histogram\nwait_bucket 1\n'],
])('%s: kept as it came', (_what, text) => {
  const plain = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => (line.includes('{') ? line : line.replace(' ', '{} '))); // prettier-ignore
  expect(target().read(text).sort()).toEqual(plain.sort());
});

test.each([
  ['without +Inf, the count is the last bucket', TYPED.replace(/.*Inf.*\n/, ''), NATIVE],
  ['without a count', TYPED.replace(/wait_count.*\n/, ''), NATIVE],
  ['in any order', `# TYPE wait histogram\n${BUCKETS.trim().split('\n').reverse().join('\n')}\n`, NATIVE],
  ['with a time', TYPED.replaceAll(/(\d)\n/g, '$1 7\n'), `${NATIVE} @7`],
])('%s', (_what, text, expected) => expect(target().read(text)).toEqual([expected]));

test('what comes and goes is forgotten in time', () => {
  const { read, converter } = target();
  for (let i = 0; i < 70; i++) read(TYPED.replaceAll('a="b"', `a="${i}"`));
  expect(converter.isFull()).toBe(true);
});

const fine = 'schema:2 count:8 sum:1 buckets:[1 1 1 1 1 1 1 1]';
test.each([
  [fine, {}, fine],
  [fine, { nativeHistogramBucketLimit: 8 }, fine],
  [fine, { nativeHistogramBucketLimit: 5 }, 'schema:1 count:8 sum:1 buckets:[1 2 2 2 1]'],
  [fine, { nativeHistogramBucketLimit: 3 }, 'count:8 sum:1 buckets:[1 4 3]'],
  // 2^(2^-1) is 1.41…
  [fine, { nativeHistogramMinBucketFactor: 1.4 }, 'schema:1 count:8 sum:1 buckets:[1 2 2 2 1]'],
  [fine, { nativeHistogramMinBucketFactor: 1.1 }, fine],
  [fine, { nativeHistogramMinBucketFactor: 1.4, nativeHistogramBucketLimit: 4 }, 'count:8 sum:1 buckets:[1 4 3]'],
])('%s within %j is %s', (given, limits, expected) => {
  const [before, after] = [given, expected].map((text) => parseHistogram(text).histogram);
  expect(histogramText(coarsen(before!, limits), String)).toBe(histogramText(after!, String));
});

test('a limit that no resolution keeps is an error', () => {
  const { histogram } = parseHistogram('schema:-53 count:3 sum:1 custom_values:[1 2] buckets:[1 1 1]');
  expect(() => coarsen(histogram, { nativeHistogramBucketLimit: 2 })).toThrow('3 buckets, more than nativeHistogramBucketLimit (2)');
});
