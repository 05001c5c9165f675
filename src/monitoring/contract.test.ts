import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { catalogKinds, checkDocuments, formatProblem, type KindRegistry } from '../catalog/index.ts';
import type { ProbeSpec, ScrapeSpec } from './contract.ts';
import { probeKind } from './probe/index.ts';
import { scrapeKind } from './scrape/index.ts';

const kinds = [probeKind, scrapeKind] as KindRegistry['kinds'];
const registry: KindRegistry = { kinds: [...catalogKinds, ...kinds], foreignKinds: [] };

function problemsOf(kind: string, spec: unknown): string[] {
  const text = stringify({ apiVersion: 'nines/v1', kind, metadata: { name: 'one' }, spec });
  return checkDocuments([{ file: 'one.yaml', text }], registry, 0).problems.map(formatProblem);
}

test.each(kinds)('the example of $kind is right but for the service, which is not there', ({ kind, example }) => {
  const { problems, documents } = checkDocuments([{ file: 'example.yaml', text: example! }], registry, 0);
  expect(documents).toBe(1);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("'shop'")]);
  expect(kind).toMatch(/^(Probe|Scrape)$/);
});

test('defaults', () => {
  expect(probeKind.spec.parse({ http: { url: 'https://a.example/' } })).toEqual({
    http: { url: 'https://a.example/', method: 'GET', redirects: 10, bodyLimit: '1MB', expect: { status: '2xx' } },
    interval: '30s',
  } satisfies ProbeSpec);
  expect(scrapeKind.spec.parse({ targets: ['a:1'] })).toEqual({
    targets: ['a:1'],
    interval: '15s',
    scheme: 'http',
    path: '/metrics',
    honorLabels: false,
    convertClassicHistograms: false,
    nameValidation: 'utf8',
    nameEscaping: 'allow-utf-8',
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    followRedirects: true,
    extraMetrics: false,
    scrapeProtocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText0.0.4'],
    fallbackScrapeProtocol: 'PrometheusText0.0.4',
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    bodyLimit: '32MB',
    compression: true,
    sampleLimit: 100_000,
    labelLimit: 100,
    labelNameLengthLimit: 512,
    labelValueLengthLimit: 8_192,
  } satisfies ScrapeSpec);
});

const url = 'https://a.example/';

test.each<[unknown, string]>([
  [{ http: { url: 'a.example' } }, "one.yaml:7:10: error: 'url' can't be 'a.example'"],
  [{ http: { url: 'ftp://a.example' } }, 'write a full address such as'],
  [{ http: { url: 'https://ana:pw@a.example' } }, 'without a user name or password in it'],
  [{ http: { url, exepct: {} } }, "unknown key 'exepct'; did you mean 'expect'?"],
  [{ http: { url, expect: { certificate_days: 3 } } }, "unknown key 'certificate_days'; did you mean 'certificateDays'?"],
  [{ http: { url, expect: { status: 99 } } }, "'status' must be at least 100, but is 99"],
  [{ http: { url, expect: { status: '2x' } } }, "write a status as 200, '2xx' or '200-299'"],
  [{ http: { url, expect: { body: { matches: '(a' } } } }, 'not a regular expression: /(a/: Unterminated group'],
  [{ http: { url, bodyLimit: '1.5MB' } }, `"1.5MB" is not a size`],
  [{ http: { url, bodyLimit: '1GB' } }, '1GB is not between 1B and 64MB'],
  [{ http: { url, authorization: {} } }, "give either 'bearer' or 'basic'"],
  [{ http: { url, headers: { 'a b': 'c' } } }, "'a b' is not a valid key here; a header name is letters"],
  [{ http: { url }, interval: '30' }, `"30" is not a duration; did you mean '30s'?`],
  [{ http: { url }, interval: '500ms' }, '500ms is too short'],
  [{ http: { url }, interval: '5s', timeout: '6s' }, 'the timeout (6s) must not be longer than the interval (5s)'],
  [{ http: { url }, labels: { __name__: 'x' } }, "label names that start with '__' are reserved"],
  [{ http: { url }, service: 'Shop' }, 'service'],
  [
    { http: { url: 'http://a.example', redirects: 0, expect: { certificateDays: 3 } } },
    "certificateDays can't be checked: http://a.example is not encrypted",
  ],
  [{ http: { url, method: 'HEAD', expect: { body: 'x' } } }, 'the answer to HEAD has no body'],
])('the probe %j is refused', (spec, problem) => expect(problemsOf('Probe', spec).join('\n')).toContain(problem));

test.each<[unknown, string]>([
  [{}, "give 'targets', or 'discover' where to find them"],
  [{ targets: [] }, "give 'targets', or 'discover' where to find them"],
  [{ targets: ['http:/x'] }, "a target is 'host:port'"],
  [{ targets: ['a:99999'] }, "a target is 'host:port'"],
  [{ targets: ['a:1/metrics'] }, "a target is 'host:port'"],
  [{ targets: ['a:1'], scrape_interval: '5s' }, "unknown key 'scrape_interval'"],
  [{ targets: ['a:1'], path: 'metrics' }, "a path starts with '/'"],
  [{ targets: ['a:1'], sampleLimit: 0 }, "'sampleLimit' must be at least 1, but is 0"],
  [{ targets: ['a:1', 'a:1'] }, "warning: the target 'a:1' is listed twice"],
])('the scrape %j is refused', (spec, problem) => expect(problemsOf('Scrape', spec).join('\n')).toContain(problem));

test.each(['a:1', 'a.example', '10.0.0.1:9100', '[::1]:9100', 'http://a/metrics?x=1', 'https://[::1]:1/'])('%s is a target', (target) =>
  expect(problemsOf('Scrape', { targets: [target] })).toEqual([]),
);
