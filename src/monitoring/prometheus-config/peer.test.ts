/** The same prometheus.yml for a real Prometheus and for nines: the same targets, labels, addresses and dropped ones. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { checkDocuments, formatProblem } from '../../catalog/index.ts';
import { createMemorySink } from '../scrape/memory-sink.ts';
import { createScraper, scrapeKind, toPrometheusTargets } from '../scrape/index.ts';
import { prometheusKind, prometheusScrapes } from './prometheus-kind.ts';

const missing = spawnSync('prometheus', ['--version']).error !== undefined;

async function freePort(): Promise<number> {
  const server = createTcp();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const configOf = (a: string, sd: string): string => `
global:
  scrape_interval: 20s
  scrape_timeout: 7s
  external_labels: {monitor: example}
scrape_configs:
  - job_name: plain
    static_configs:
      - targets: ['${a}', 'localhost:1']
        labels: {env: prod, empty: ''}
      - targets: ['127.0.0.1:1']
        labels: {job: overridden, __metrics_path__: /other, __scheme__: https}
    params: {x: [given], y: ['1', '2']}
  - job_name: black box/✓
    scrape_interval: 3s
    metrics_path: /probe
    params: {module: [http_2xx]}
    static_configs:
      - targets: ['https://shop.example/a?b=c', 'ping me', '10.0.0.1']
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: '${a}'}
  - job_name: kept
    scheme: https
    scrape_interval: 1m
    scrape_timeout: 30s
    static_configs:
      - targets: ['keep-1:80', 'keep-2:443', 'drop-1:9', 'drop-2:9']
        labels: {__meta_zone: eu-1, team: Shop}
    relabel_configs:
      - {source_labels: [__address__], regex: 'keep-.*', action: keep}
      - {source_labels: [__meta_zone], regex: '(..)-(.)', target_label: zone, replacement: '\${2}_$1'}
      - {source_labels: [team], action: lowercase, target_label: team}
      - {source_labels: [__address__], modulus: 8, action: hashmod, target_label: __tmp_hash}
      - {source_labels: [__tmp_hash], target_label: shard}
      - {regex: '__meta_(.+)', action: labelmap}
      - {source_labels: [__address__], regex: 'keep-2:.*', target_label: __scrape_interval__, replacement: 45s}
  - job_name: files
    file_sd_configs: [{files: ['targets/*.json', 'targets/one.yml'], refresh_interval: 5s}]
  - job_name: http
    http_sd_configs: [{url: 'http://${sd}/sd', refresh_interval: 5s, basic_auth: {username: ana, password: '\${HUSH}'}}]
    relabel_configs: [{source_labels: [gone], regex: 'yes', action: drop}]
`; // prettier-ignore

const byAddress = (list: readonly unknown[]): unknown[] => [...list].sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
const sorted = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).sort(([x], [y]) => (x < y ? -1 : 1)));

interface Answer {
  readonly activeTargets: readonly {
    readonly labels: Record<string, string>;
    readonly discoveredLabels: Record<string, string>;
    readonly scrapePool: string;
    readonly scrapeUrl: string;
    readonly scrapeInterval: string;
    readonly scrapeTimeout: string;
  }[];
  readonly droppedTargets: readonly { readonly discoveredLabels: Record<string, string> }[];
}

/** What both must say alike. Prometheus 2 adds the port that a scheme stands for, and sorts parameters. */
const comparable = ({ activeTargets, droppedTargets }: Answer) => ({
  active: byAddress(
    activeTargets.map(({ labels, discoveredLabels, scrapePool, scrapeUrl, scrapeInterval, scrapeTimeout }) => {
      const url = new URL(scrapeUrl);
      url.searchParams.sort();
      const instance = labels['instance']!.replace(/^(10\.0\.0\.1):80$/, '$1');
      return { labels: { ...sorted(labels), instance }, discovered: sorted(discoveredLabels), scrapePool, url: url.href, scrapeInterval, scrapeTimeout };
    }),
  ),
  dropped: byAddress(droppedTargets.map(({ discoveredLabels }) => sorted(discoveredLabels))),
}); // prettier-ignore

test.skipIf(missing)('a prometheus.yml makes the targets that Prometheus makes of it', { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nines-prometheus-yml-'));
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/sd') return response.end('a 1\n');
    seen.push(request.headers.authorization);
    return response.setHeader('content-type', 'application/json').end(
      JSON.stringify([
        { targets: ['sd-1:1', 'sd-2:2'], labels: { __meta_a: 'b', rack: 'r1' } },
        { targets: ['sd-3:3'], labels: { gone: 'yes' } },
      ]),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await mkdir(join(folder, 'targets'));
  await writeFile(join(folder, 'targets/a.json'), '[{"targets": ["f-1:1", "f-2:2"], "labels": {"x": "y"}}]');
  await writeFile(join(folder, 'targets/one.yml'), '- targets: [f-3:3]\n');
  const text = configOf(address, address);
  await writeFile(join(folder, 'prometheus.yml'), text);

  const port = await freePort();
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn('prometheus', args, { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const { set, problems } = checkDocuments([{ file: 'prometheus.yml', text }], { kinds: [scrapeKind], foreignKinds: [prometheusKind] }, 0);
  const scraper = createScraper({ sink: createMemorySink(), clock: new VirtualClock(Date.now()) });
  try {
    expect(problems.map(formatProblem)).toEqual([]);
    scraper.update(prometheusScrapes(set, folder));
    await vi.waitFor(
      async () => {
        const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/targets`)).json()) as { data: Answer };
        const theirs = comparable(answer.data);
        expect(theirs.active).toHaveLength(13);
        const ours = comparable(toPrometheusTargets(scraper.targets(), scraper.dropped()) as unknown as Answer);
        expect(ours).toEqual(theirs);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('ana:${HUSH}').toString('base64')}`]));
  } finally {
    child.kill('SIGTERM');
    await gone;
    await scraper.stop();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
