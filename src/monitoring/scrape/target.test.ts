import { expect, test } from 'vitest';
import { scrapeSpec } from '../contract.ts';
import { selectTargets, type Scrape } from './target.ts';

const targetsOf = (scrapes: readonly Scrape[]) => selectTargets(scrapes).targets;

const scrape = (spec: Record<string, unknown>, name = 'shop') => ({ name, spec: scrapeSpec.parse(spec) });

test.each<[Record<string, unknown>, string, Record<string, string>]>([
  [{ targets: ['a:1'] }, 'http://a:1/metrics', { job: 'shop', instance: 'a:1' }],
  [{ targets: ['a'], scheme: 'https', path: '/m' }, 'https://a/m', { job: 'shop', instance: 'a' }],
  [{ targets: ['[::1]:9100'] }, 'http://[::1]:9100/metrics', { job: 'shop', instance: '[::1]:9100' }],
  [
    { targets: ['https://a:8443/x?y=z'], path: '/m', params: { p: ['1', '2'] } },
    'https://a:8443/x?y=z&p=1&p=2',
    { job: 'shop', instance: 'a:8443' },
  ],
  [
    { targets: ['a:1'], job: 'node', service: 'checkout', labels: { env: 'live' } },
    'http://a:1/metrics',
    { job: 'node', instance: 'a:1', service: 'checkout', env: 'live' },
  ],
  [{ targets: ['a:1'], labels: { instance: 'db', job: 'no' } }, 'http://a:1/metrics', { job: 'shop', instance: 'db' }],
])('%j', (spec, url, labels) => {
  const [target] = targetsOf([scrape(spec)]);
  expect(target!.url.href).toBe(url);
  expect(target!.labels).toEqual(labels);
});

test('each target once; its key changes with whatever changes it, and with nothing else', () => {
  const key = (spec: Record<string, unknown>): string => targetsOf([scrape({ targets: ['a:1'], ...spec })])[0]!.key;
  expect(targetsOf([scrape({ targets: ['a:1', 'a:1', 'b:1'] }), scrape({ targets: ['a:1'] }, 'other')])).toHaveLength(3);
  expect(key({ targets: ['a:1', 'b:1'] })).toBe(key({}));
  for (const change of [{ interval: '20s' }, { labels: { a: 'b' } }, { targets: ['c:1'] }, { honorLabels: true }])
    expect(key(change)).not.toBe(key({}));
});

test.each([
  [{}, 15_000, 10_000],
  [{ interval: '5s' }, 5_000, 5_000],
  [{ interval: '1m', timeout: '20s' }, 60_000, 20_000],
])('%j is scraped every %d ms within %d ms', (spec, intervalMs, timeoutMs) =>
  expect(targetsOf([scrape({ targets: ['a:1'], ...spec })])[0]).toMatchObject({ intervalMs, timeoutMs }),
);

test.each<[Record<string, unknown>[], string | undefined, Record<string, string> | undefined, problem?: string]>([
  [[{ sourceLabels: ['__address__'], regex: 'a:1', action: 'drop' }], undefined, undefined],
  [
    [
      { sourceLabels: ['__address__'], targetLabel: '__param_target' },
      { sourceLabels: ['__param_target'], targetLabel: 'instance' },
      { targetLabel: '__address__', replacement: 'exporter:9115' },
      { targetLabel: '__metrics_path__', replacement: '/probe' },
      { targetLabel: '__scheme__', replacement: 'https' },
    ],
    'https://exporter:9115/probe?target=a%3A1',
    { job: 'shop', instance: 'a:1' },
  ],
  [[{ targetLabel: '__address__', replacement: '' }], undefined, undefined, 'no __address__ is left'],
  [[{ targetLabel: '__address__', replacement: 'a/b' }], undefined, undefined, 'is not host:port'],
  [[{ targetLabel: '__scheme__', replacement: 'ftp' }], undefined, undefined, 'expected http or https'],
  [[{ targetLabel: '__scrape_interval__', replacement: 'soon' }], undefined, undefined, 'soon'],
])('relabelled by %j', (relabel, url, labels, problem) => {
  const { targets, dropped } = selectTargets([scrape({ targets: ['a:1'], relabel })]);
  expect(targets[0]?.url.href).toBe(url);
  expect(targets[0]?.labels).toEqual(labels);
  expect((targets[0] ?? dropped[0])!.discovered).toMatchObject({ __address__: 'a:1', __scheme__: 'http', job: 'shop' });
  if (problem === undefined) expect(dropped[0]?.problem).toBeUndefined();
  else expect(dropped[0]!.problem).toContain(problem);
});

test('of those that are dropped as many are remembered as the scrape says, and all are counted', () => {
  const relabel = [{ sourceLabels: ['__address__'], regex: 'keep.*', action: 'keep' }];
  const spec = { targets: ['a:1', 'keep:1', 'b:1', 'c:1'], relabel };
  const { targets, dropped, droppedCounts } = selectTargets([scrape({ ...spec, keepDroppedTargets: 2 }), scrape(spec, 'other')]);
  expect(targets).toHaveLength(2);
  expect(dropped.map((one) => [one.scrape, one.discovered['__address__']])).toEqual([
    ['shop', 'a:1'], ['shop', 'b:1'], ['other', 'a:1'], ['other', 'b:1'], ['other', 'c:1'],
  ]); // prettier-ignore
  expect(droppedCounts).toEqual({ shop: 3, other: 3 });
});
