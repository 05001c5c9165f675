import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkDocuments, formatProblem, type SourceFile } from '../../catalog/index.ts';
import { scrapeKind, type Scrape } from '../scrape/index.ts';
import { prometheusConfigOf, prometheusKind, prometheusScrapes } from './prometheus-kind.ts';

const registry = { kinds: [scrapeKind], foreignKinds: [prometheusKind] };
const check = (files: readonly SourceFile[]) => checkDocuments(files, registry, 0);
const one = (text: string) => check([{ file: 'prometheus.yml', text }]);
const problems = (text: string): string[] => one(text).problems.map(formatProblem);
const scrapes = (text: string): Scrape[] => prometheusScrapes(one(text).set, '/etc/prometheus');
const job = (text: string): string => `scrape_configs:\n  - job_name: a\n    static_configs: [{targets: [a:1]}]\n${text}`;

const DEBIAN = '/etc/prometheus/prometheus.yml';
test.skipIf(!existsSync(DEBIAN))('the configuration of the Debian package is taken', () => {
  const text = readFileSync(DEBIAN, 'utf8');
  expect(problems(text)).toEqual([]);
  const found = scrapes(text);
  expect(found.map(({ name, spec }) => [name, spec.interval, spec.timeout, spec.groups])).toEqual([
    ['prometheus', '5s', '5s', [{ targets: ['localhost:9090'] }]],
    ['node', '15s', '10s', [{ targets: ['localhost:9100'] }]],
  ]);
});

test.each([
  ['remote_write: [{url: "http://a"}]', "prometheus.yml:1:15: warning: 'remote_write' is not supported"],
  ['global: {scrape_interval: 15s, scrape_intervall: 1m}', "prometheus.yml:1:50: warning: unknown key 'scrape_intervall'"],
  ['scrape_configs:\n  - job_name: a\n    kubernetes_sd_configs: [{role: pod}]', "prometheus.yml:3:28: warning: 'kubernetes_sd_configs' is not supported: its targets are not scraped"],
  ['scrape_configs:\n  - job_name: a\n    static_config: [{targets: [a]}]', "prometheus.yml:3:20: warning: unknown key 'static_config'"],
  [job('    scrape_interval: 5 minutes'), `prometheus.yml:4:22: error: 'scrape_interval': "5 minutes" is not a duration`],
  [job('    scrape_interval: 5s\n    scrape_timeout: 9s'), "error: the job 'a': the scrape_timeout (9s) is longer than the scrape_interval (5s)"],
  [job('    relabel_configs: [{action: keep, regex: "(a"}]'), 'prometheus.yml:4:45: error'],
  [job('    relabel_configs: [{action: hashmod, target_label: a}]'), 'error: '],
  [job('    metric_relabel_configs: [{action: replace}]'), 'error: '],
  [job('    basic_auth: {username: a}\n    bearer_token: b'), 'error: '],
  [`${job('')}\n  - job_name: a`, "prometheus.yml:5:15: error: 'job_name': the job 'a' is there twice in this file"],
  [job('    file_sd_configs: [{files: ["/a/*/b.json"]}]'), 'write a file that ends with'],
  ['alerting: {alertmanagers: [{api_version: v1}]}', 'prometheus.yml:1:42: error: \'api_version\': only the API v2 of Alertmanager is spoken'],
  ['alerting: {alertmanagers: [{consul_sd_configs: []}]}', "prometheus.yml:1:48: warning: 'consul_sd_configs' is not supported"],
  ['alerting: {alertmanagers: [{bearer_token: hush, basic_auth: {username: a}}]}', 'at most one of basic_auth and bearer_token may be given'],
  ['alerting: {alert_relabel_configs: [{action: replace}]}', 'error: '],
  [job('    dns_sd_configs: [{names: [a], type: A}]'), 'a port is required for all types but SRV'],
  [job('    proxy_url: "socks5://user:hush@proxy"'), 'write the address of an http or https proxy'],
])('%j is told: %s', (text, expected) => {
  const said = problems(text);
  expect(said.join('\n')).toContain(expected);
  expect(said.join('\n')).not.toContain('hush');
}); // prettier-ignore

test('a job of the name of a Scrape, and of another file, is refused', () => {
  const scrape = 'apiVersion: nines/v1\nkind: Scrape\nmetadata: {name: a}\nspec: {targets: [a:1]}';
  const files = [{ file: 'a.yml', text: scrape }, { file: 'b.yml', text: job('') }, { file: 'c.yml', text: job('') }]; // prettier-ignore
  expect(check(files).problems.map(formatProblem).join('\n')).toMatch(
    /b\.yml:2:15: error: the job 'a' is defined in the document Scrape a/,
  );
  expect(check(files.slice(1)).problems.map(formatProblem).join('\n')).toMatch(/c\.yml:2:15: error: the job 'a' is defined in b\.yml/);
});

test('what a job says reaches its scrape', () => {
  const text = `
global:
  scrape_interval: 30s
  scrape_timeout: 20s
  sample_limit: 500
  label_limit: 20
  body_size_limit: 5MB
scrape_configs:
  - job_name: All of it/✓
    scrape_interval: 10s
    honor_labels: true
    honor_timestamps: false
    track_timestamps_staleness: true
    scheme: https
    metrics_path: probe
    params: {module: [http_2xx, other], empty: []}
    follow_redirects: false
    enable_compression: false
    sample_limit: 7
    target_limit: 3
    scrape_protocols: [PrometheusText0.0.4]
    fallback_scrape_protocol: OpenMetricsText1.0.0
    metric_name_validation_scheme: legacy
    convert_classic_histograms_to_nhcb: true
    native_histogram_bucket_limit: 160
    native_histogram_min_bucket_factor: 1.1
    basic_auth: {username: ana, password: '\${HUSH}', }
    tls_config: {ca_file: ca.pem, cert_file: /x/cert.pem, key_file: key.pem, server_name: a.example, min_version: TLS12, max_version: TLS13}
    proxy_url: http://user:pass@proxy.example:3128
    no_proxy: localhost,10.0.0.0/8
    proxy_connect_header: {X-Tenant: [a, b]}
    http_headers: {X-One: {values: [a, b]}, X-Two: {secrets: [c], files: [two]}}
    keep_dropped_targets: 5
    static_configs: [{targets: [a:1, 'http://b/c'], labels: {env: prod, n: 1}}, {targets: [c:1]}]
    file_sd_configs: [{files: ['targets/*.json']}]
    dns_sd_configs: [{names: [a.example], type: a, port: 9100}]
    http_sd_configs: [{url: 'http://sd.example/', refresh_interval: 10s, authorization: {type: Token, credentials_file: t}}]
    relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {target_label: x, replacement: '', action: Replace}]
    metric_relabel_configs: [{action: labeldrop, regex: tmp_.*}]
`;
  expect(problems(text)).toEqual([]);
  const [scrape] = scrapes(text);
  expect(scrape).toMatchObject({ name: 'All of it/✓', literal: true });
  expect(scrape!.spec).toMatchObject({
    job: 'All of it/✓', interval: '10s', timeout: '10s', honorLabels: true, honorTimestamps: false, trackTimestampsStaleness: true,
    scheme: 'https', path: '/probe', params: { module: ['http_2xx', 'other'] }, followRedirects: false, compression: false,
    sampleLimit: 7, targetLimit: 3, labelLimit: 20, bodyLimit: `${5 * 2 ** 20}B`, scrapeProtocols: ['PrometheusText0.0.4'],
    fallbackScrapeProtocol: 'OpenMetricsText1.0.0', nameValidation: 'legacy', nameEscaping: 'underscores', convertClassicHistograms: true,
    nativeHistogramBucketLimit: 160, nativeHistogramMinBucketFactor: 1.1, authorization: { basic: { username: 'ana', password: '${HUSH}' } },
    tls: { caFile: '/etc/prometheus/ca.pem', certFile: '/x/cert.pem', keyFile: '/etc/prometheus/key.pem', serverName: 'a.example', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
    proxy: { url: 'http://user:pass@proxy.example:3128', noProxy: 'localhost,10.0.0.0/8', connectHeaders: { 'X-Tenant': ['a', 'b'] } },
    headers: { 'X-One': 'a, b', 'X-Two': 'c' }, headerFiles: { 'X-Two': ['/etc/prometheus/two'] }, keepDroppedTargets: 5,
    groups: [{ targets: ['a:1', 'http://b/c'], labels: { env: 'prod', n: '1' } }, { targets: ['c:1'] }],
    discover: [
      { files: ['/etc/prometheus/targets/*.json'], refreshInterval: '5m' },
      { http: 'http://sd.example/', refreshInterval: '10s', authorization: { type: 'Token', credentialsFile: '/etc/prometheus/t' } },
      { dns: { names: ['a.example'], type: 'A', port: 9100 }, refreshInterval: '30s' },
    ],
    relabel: [{ sourceLabels: ['__address__'], targetLabel: '__param_target' }, { targetLabel: 'x', replacement: '', action: 'replace' }],
    metricRelabel: [{ action: 'labeldrop', regex: 'tmp_.*' }],
  }); // prettier-ignore
});

test('secrets are not shown, and a change of one is a change', () => {
  const texts = ['one', 'two'].map((secret) =>
    job(`    basic_auth: {username: ana, password: ${secret}}\n    proxy_url: http://u:${secret}@p:1`),
  );
  const shown = texts.map((text) => JSON.stringify(one(text).set.all()));
  expect(shown.join('')).not.toMatch(/one|two/);
  expect(shown[0]).toContain('<secret ');
  expect(shown[0]).not.toBe(shown[1]);
});

test('what nothing is done with may hold secrets: nothing of it is shown', () => {
  const shown = JSON.stringify(
    one(`${job('    basic_autth: {username: ana, password: hush}\n    consul_sd_configs: [{token: hush}]')}
remote_write: [{url: 'http://ana:hush@a.example', basic_auth: {username: ana, password: hush}, sigv4: {secret_key: hush}}]
alerting: {alertmanagers: [{static_configs: [{targets: [a:1], labels: {a: b}, extra: hush}]}]}`).set.all(),
  );
  expect(shown).not.toContain('hush');
  expect(shown).toContain('"remote_write":"<secret ');
});

test('the global section stands for files that it names, and for rule files', () => {
  const main = 'global: {scrape_interval: 7s, evaluation_interval: 9s}\nscrape_config_files: [scrapes/*.yml]\nrule_files: [rules/*.rules]';
  const { set, problems: found } = check([
    { file: 'prom/prometheus.yml', text: main },
    { file: 'prom/scrapes/a.yml', text: job('    file_sd_configs: [{files: [b.json]}]') },
    { file: 'other.yml', text: job('').replace('a\n', 'other\n') },
  ]);
  expect(found).toEqual([]);
  expect(prometheusScrapes(set, '/c').map(({ name, spec }) => [name, spec.interval, spec.discover?.[0]?.files])).toEqual([
    ['other', '1m', undefined],
    ['a', '7s', ['/c/prom/scrapes/b.json']],
  ]);
  expect(prometheusConfigOf(set, 'prom/rules/x.rules')?.global?.evaluation_interval).toBe('9s');
  expect(prometheusConfigOf(set, 'prom/rules/deep/x.rules')).toBeUndefined();
});
