import { expect, test } from 'vitest';
import { scrapeSpec } from '../contract.ts';
import { targetsOf } from './target.ts';

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
