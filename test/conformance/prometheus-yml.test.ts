/** One prometheus.yml, with all that goes wrong in the world, for a real Prometheus and for nines as people run them: the same series, the same targets. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

const installed = ['prometheus', 'prometheus-node-exporter', 'nginx', 'openssl'].every(has);

const GOOD = `# HELP jobs_total Jobs that were done.
# TYPE jobs_total counter
jobs_total{queue="mail",tmp_id="1"} 12
jobs_total{queue="push",tmp_id="2"} 7
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1"} 3
wait_seconds_bucket{le="1"} 5
wait_seconds_bucket{le="+Inf"} 6
wait_seconds_sum 2.5
wait_seconds_count 6
# TYPE age_seconds summary
age_seconds{quantile="0.5"} 1
age_seconds_sum 3
age_seconds_count 2
noise_a 1
noise_b NaN
clash{job="theirs",instance="own"} 1
timed 5 1000000
`;
const PAGES: Readonly<Record<string, string>> = {
  good: GOOD,
  bad: 'fine 1\nthis is {not metrics\n',
  many: Array.from({ length: 60 }, (_, i) => `many{i="${i}"} ${i}\n`).join(''),
  labels: 'one{a="1",b="2",c="3",d="4"} 1\n',
};

const configOf = (at: { plain: number; secure: number; exporter: number; down: number; told: number }): string => `
global:
  scrape_interval: 1s
  evaluation_interval: 1s
  external_labels: {monitor: example, team: none}
rule_files: [alerts.yml]
alerting:
  alert_relabel_configs:
    - {regex: tmp_.*, action: labeldrop}
    - {source_labels: [alertname], regex: Unwanted, action: drop}
  alertmanagers:
    - static_configs: [{targets: ['127.0.0.1:${at.told}', '127.0.0.1:9']}]
      path_prefix: /am
      basic_auth: {username: ana, password_file: password}
      relabel_configs: [{source_labels: [__address__], regex: '.*:9', action: drop}]
    - file_sd_configs: [{files: ['alertmanagers.json']}]
      relabel_configs: [{source_labels: [rack], target_label: __alerts_path__, replacement: '/$1/alerts'}]
scrape_configs:
  - job_name: node
    static_configs: [{targets: ['127.0.0.1:${at.exporter}'], labels: {env: prod}}]
    metric_relabel_configs:
      - {source_labels: [__name__], regex: 'node_(load|memory|filesystem).*|go_.*', action: keep}
  - job_name: good
    metrics_path: /good
    static_configs: [{targets: ['127.0.0.1:${at.plain}']}]
    metric_relabel_configs:
      - {source_labels: [__name__], regex: 'noise_.*', action: drop}
      - {regex: 'tmp_(.+)', action: labelmap, replacement: 'kept_$1'}
      - {regex: 'tmp_.+', action: labeldrop}
      - {source_labels: [queue], modulus: 4, target_label: shard, action: hashmod}
  - job_name: honest
    honor_labels: true
    honor_timestamps: false
    metrics_path: /good
    static_configs: [{targets: ['127.0.0.1:${at.plain}']}]
  - job_name: secure
    scheme: https
    metrics_path: /good
    basic_auth: {username: ana, password_file: password}
    tls_config: {ca_file: cert.pem, server_name: shop.example}
    static_configs: [{targets: ['127.0.0.1:${at.secure}']}]
  - job_name: untrusted
    scheme: https
    metrics_path: /good
    static_configs: [{targets: ['127.0.0.1:${at.secure}']}]
  - job_name: unauthorized
    scheme: https
    metrics_path: /good
    tls_config: {insecure_skip_verify: true}
    static_configs: [{targets: ['127.0.0.1:${at.secure}']}]
  - {job_name: down, static_configs: [{targets: ['127.0.0.1:${at.down}']}]}
  - {job_name: missing, metrics_path: /none, static_configs: [{targets: ['127.0.0.1:${at.plain}']}]}
  - {job_name: bad, metrics_path: /bad, static_configs: [{targets: ['127.0.0.1:${at.plain}']}]}
  - {job_name: many, metrics_path: /many, sample_limit: 50, static_configs: [{targets: ['127.0.0.1:${at.plain}']}]}
  - {job_name: long, metrics_path: /many, body_size_limit: 100B, static_configs: [{targets: ['127.0.0.1:${at.plain}']}]}
  - {job_name: labels, metrics_path: /labels, label_limit: 5, static_configs: [{targets: ['127.0.0.1:${at.plain}']}]}
  - {job_name: crowd, metrics_path: /good, target_limit: 1, static_configs: [{targets: ['127.0.0.1:${at.plain}', 'localhost:${at.plain}']}]}
  - job_name: files
    file_sd_configs: [{files: ['targets/*.json']}]
    relabel_configs:
      - {source_labels: [__meta_filepath], regex: '.*/(.+)\\.json', target_label: from}
      - {source_labels: [rack], regex: gone, action: drop}
      - {source_labels: [rack], regex: (.)(.), target_label: __metrics_path__, replacement: /good}
`; // prettier-ignore

const ALERTS = `groups:
  - name: always
    rules:
      - {alert: Always, expr: vector(7), labels: {severity: info, tmp_a: b, team: shop}, annotations: {summary: 'It is {{ $value }}'}}
      - {alert: Teamless, expr: vector(1), labels: {severity: info}}
      - {alert: Unwanted, expr: vector(1), labels: {severity: info}}
`;

const JOBS = /job_name: ([a-z]+)/g;
/** What of an error counts as the same, however it is put. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/refused/, 'refused'],
  [/status 404|HTTP status 404/, '404'],
  [/status 401|HTTP status 401/, '401'],
  [/certificate|x509/, 'certificate'],
  [/sample limit|sampleLimit/, 'sample limit'],
  [/target_limit|targetLimit/, 'target limit'],
  [/body size|bodyLimit/, 'body size'],
  [/label_limit|labelLimit/, 'label limit'],
  [/line 2|expected|invalid/, 'syntax'],
];
const classOf = (error: string): string => (error === '' ? '' : (CLASSES.find(([pattern]) => pattern.test(error))?.[1] ?? error));

interface Target {
  readonly labels: Record<string, string>;
  readonly scrapePool: string;
  readonly health: string;
  readonly lastError: string;
}
type Ask = <T>(address: string, params?: Record<string, string>) => Promise<T>;

/** What was told to those that stand for an Alertmanager, by who told it. */
interface Told {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly alerts: { labels: Record<string, string>; annotations: Record<string, string> | null; endsAt: string }[];
}
const told = { theirs: [] as Told[], ours: [] as Told[] };
const recorder = createServer((request, response) => {
  void text(request).then((body) => {
    const { authorization, 'user-agent': agent = '' } = request.headers;
    const list = agent.startsWith('Prometheus') ? told.theirs : told.ours;
    list.push({ path: request.url ?? '', authorization, alerts: JSON.parse(body) as Told['alerts'] });
    response.end();
  });
});

let folder: string;
let nines: NinesProcess;
let theirUrl: string;
let jobs: string[];
const peers: Peer[] = [];

const ask =
  (url: string, headers: Record<string, string>): Ask =>
  async <T>(address: string, params: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${address}?${new URLSearchParams(params).toString()}`, { headers });
    const { data } = (await answer.json()) as { data: T };
    return data;
  };
const theirs: Ask = (address, params) => ask(theirUrl, {})(address, params);
const ours: Ask = (address, params) => ask(nines.url, { authorization: `Bearer ${TOKEN}` })(address, params);

const sorted = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

async function targets(of: Ask) {
  const { activeTargets } = await of<{ activeTargets: Target[] }>('/api/v1/targets', { state: 'active' });
  return activeTargets
    .map(({ labels, scrapePool, health, lastError }) => ({ scrapePool, labels: sorted(labels), health, error: classOf(lastError) }))
    .sort((a, b) => (a.scrapePool + a.labels < b.scrapePool + b.labels ? -1 : 1));
}

/** Value by labels, of an instant query. */
async function values(of: Ask, query: string): Promise<Record<string, string>> {
  const { result } = await of<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('/api/v1/query', { query });
  return Object.fromEntries(result.map(({ metric, value }) => [sorted(metric), value[1]] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function writePages(): void {
  for (const [name, text] of Object.entries(PAGES)) fs.writeFileSync(path.join(folder, 'pages', name), text);
  fs.writeFileSync(path.join(folder, 'password'), 'hush\n');
  const hash = spawnSync('openssl', ['passwd', '-apr1', 'hush'], { encoding: 'utf8' }).stdout.trim();
  fs.writeFileSync(path.join(folder, 'users'), `ana:${hash}\n`);
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9', '-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example', '-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')]); // prettier-ignore
  expect(made.status).toBe(0);
}

const nginxConf = (plain: number, secure: number): string => `
  daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1;${process.getuid?.() === 0 ? ' user root;' : ''}
  events { worker_connections 256; }
  http {
    access_log off; default_type text/plain; root ${folder}/pages;
    client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
    server { listen 127.0.0.1:${plain}; }
    server { listen 127.0.0.1:${secure} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem; auth_basic shop; auth_basic_user_file users; }
  }`;

type Ports = [number, number, number, number, number, number];
const answers = (url: string) => async () => (await fetch(url)).ok;

beforeAll(async () => {
  if (!installed) return;
  nines = await NinesProcess.prepare();
  folder = nines.config;
  for (const name of ['pages', 'targets']) fs.mkdirSync(path.join(folder, name));
  writePages();
  const [plain, secure, exporter, down, prometheus, recording] = (await Promise.all(Array.from({ length: 6 }, freePort))) as Ports;
  await new Promise<void>((resolve) => recorder.listen(recording, '127.0.0.1', () => resolve()));
  fs.writeFileSync(path.join(folder, 'alerts.yml'), ALERTS);
  fs.writeFileSync(
    path.join(folder, 'alertmanagers.json'),
    JSON.stringify([{ targets: [`127.0.0.1:${recording}`], labels: { rack: 'r1' } }]),
  );
  const file = [
    { targets: [`127.0.0.1:${plain}`], labels: { rack: 'r1' } },
    { targets: ['127.0.0.1:1'], labels: { rack: 'gone' } },
  ];
  fs.writeFileSync(path.join(folder, 'targets/shop.json'), JSON.stringify(file));
  fs.writeFileSync(path.join(folder, 'targets/broken.json'), '[{"targets": [');
  const text = configOf({ plain, secure, exporter, down, told: recording });
  jobs = [...text.matchAll(JOBS)].map(([, job]) => job!);
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), text);
  fs.writeFileSync(path.join(folder, 'nginx.conf'), nginxConf(plain, secure));
  theirUrl = `http://127.0.0.1:${prometheus}`;
  // Alerts that it told of before it had read the file of Alertmanagers it would tell those a minute later.
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${nines.directory}/theirs`, `--web.listen-address=127.0.0.1:${prometheus}`, '--rules.alert.resend-delay=1s']; // prettier-ignore
  peers.push(
    await startPeer('nginx', ['-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'error.log')], answers(`http://127.0.0.1:${plain}/good`)), // prettier-ignore
    await startPeer('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${exporter}`], answers(`http://127.0.0.1:${exporter}/`)),
  );
  const [peer] = await Promise.all([startPeer('prometheus', args, answers(`${theirUrl}/-/ready`)), nines.start()]);
  peers.push(peer);
}, 120_000);

afterAll(async () => {
  for (const peer of peers) await peer.stop();
  await nines?.[Symbol.asyncDispose]();
  recorder.closeAllConnections();
  recorder.close();
});

const only = (): string => `job=~"${jobs.join('|')}|theirs"`;
/** nines has rules of its own besides, whose alerts carry the job too. */
const whole = (): string => `{${only()},__name__!~"ALERTS.*"}`;

/** Both have scraped everything, three times at least. */
const bothScraped = (): Promise<unknown> =>
  waitFor(
    () => `three scrapes of every target; nines said:\n${nines.output}`,
    async () => {
      const query = `count(count_over_time(up{${only()}}[1m]) > 2)`;
      const [a, b] = await Promise.all([values(theirs, query), values(ours, query)]);
      return a['[]'] !== undefined && Number(a['[]']) >= jobs.length && a['[]'] === b['[]'];
    },
  );

test.skipIf(!installed)('the same targets, each as well or as ill, for the same reason', { timeout: 60_000 }, async () => {
  await bothScraped();
  const [a, b] = await Promise.all([targets(theirs), targets(ours)]);
  expect(b).toEqual(a);
  expect(new Set(a.map(({ error }) => error))).toEqual(new Set(['', ...CLASSES.map(([, name]) => name)]));
});

test.skipIf(!installed)('the same series, and what is said of each scrape', { timeout: 60_000 }, async () => {
  await bothScraped();
  const counts = `count by (job, __name__) (${whole()})`;
  expect(await values(ours, counts)).toEqual(await values(theirs, counts));
  const series = async (of: Ask): Promise<string[]> => (await of<Record<string, string>[]>('/api/v1/series', { 'match[]': whole() })).map(sorted).sort(); // prettier-ignore
  expect(await series(ours)).toEqual(await series(theirs));
  // One look after the other: a scrape may be between them.
  const same = (query: string): Promise<unknown> =>
    waitFor(
      () => `the same answer to ${query}: ${said}`,
      async () => {
        const [a, b] = await Promise.all([values(theirs, query), values(ours, query)]);
        said = `theirs ${JSON.stringify(a)}\nours ${JSON.stringify(b)}`;
        return Object.keys(a).length > 0 && JSON.stringify(a) === JSON.stringify(b);
      },
      10,
    );
  let said = '';
  for (const query of [
    `up{${only()}}`,
    `scrape_samples_scraped{${only()}}`,
    `scrape_samples_post_metric_relabeling{${only()}}`,
    `scrape_series_added{${only()}}`,
    `max_over_time(scrape_series_added{${only()},job!~"bad|many|labels"}[1h])`,
    '{job=~"good|honest|secure|files|theirs",__name__!~"ALERTS.*|scrape_duration_seconds"}',
  ])
    await same(query);
});

test.skipIf(!installed)('a file of targets that changes, breaks, and goes', { timeout: 60_000 }, async () => {
  const list = async (of: Ask) => (await targets(of)).filter(({ scrapePool }) => scrapePool === 'files').map(({ labels }) => labels);
  const both = (what: string, count: number): Promise<unknown> =>
    waitFor(what, async () => {
      const [a, b] = await Promise.all([list(theirs), list(ours)]);
      return a.length === count && JSON.stringify(a) === JSON.stringify(b);
    });
  const write = (name: string, text: string): void => fs.writeFileSync(path.join(folder, 'targets', name), text);
  await both('the one target', 1);
  write('more.json', '[{"targets": ["127.0.0.1:2", "127.0.0.1:3"], "labels": {"rack": "r2"}}]');
  await both('two more of another file', 3);
  write('more.json', '[{"targets": ');
  write('third.json', '[{"targets": ["127.0.0.1:4"]}]');
  await both('those of a file that broke to stay, while another is read', 4);
  fs.rmSync(path.join(folder, 'targets/more.json'));
  await both('those of a file that is gone to go', 2);
});

test.skipIf(!installed)('the same Alertmanagers, told the same', { timeout: 60_000 }, async () => {
  const managers = (of: Ask) => of<Record<'activeAlertmanagers' | 'droppedAlertmanagers', { url: string }[]>>('/api/v1/alertmanagers');
  const urls = async (of: Ask) => Object.values(await managers(of)).map((list) => list.map(({ url }) => url).sort());
  expect(await urls(ours)).toEqual(await urls(theirs));
  /** Each alert once by where it was told, of those that the file's rules make. */
  const heard = (list: readonly Told[]): string[] =>
    [
      ...new Set(
        list.flatMap(({ path: at, authorization, alerts }) =>
          alerts
            .filter(({ labels }) => ['Always', 'Teamless', 'Unwanted'].includes(labels['alertname'] ?? ''))
            .map(({ labels, annotations }) => JSON.stringify([at, authorization, sorted(labels), annotations ?? {}])),
        ),
      ),
    ].sort();
  await waitFor(
    () =>
      `both to tell of two alerts at two places; theirs ${heard(told.theirs).join('\n')}\nours ${heard(told.ours).join('\n')}\n${nines.output}`,
    () => heard(told.ours).length >= 4 && heard(told.theirs).length >= 4,
  );
  expect(heard(told.ours)).toEqual(heard(told.theirs));
  expect(told.ours.flatMap(({ alerts }) => alerts).every(({ endsAt }) => Date.parse(endsAt) > Date.now())).toBe(true);
});
