/** A job of `prometheus.yml` as a Scrape of nines: the same path from there on. */
import { isAbsolute, join, posix } from 'node:path';
import { parseDuration } from '../../platform/duration.ts';
import { tryParseByteSize } from '../../platform/byte-size.ts';
import { scrapeSpec, type ScrapeSpec } from '../contract.ts';
import { toStep, type AlertmanagerConfig, type ClientConfig, type GlobalConfig, type ScrapeConfig, type TlsConfig } from './config-spec.ts';
import type { Secret } from './secret.ts';

const DEFAULT_INTERVAL = '1m';
const DEFAULT_TIMEOUT = '10s';
/** Where Prometheus has no limit: the most that nines takes of one target. */
const MOST = { sampleLimit: 1_000_000, labelLimit: 1_000, labelNameLengthLimit: 4_096, labelValueLengthLimit: 65_536, body: 256 * 2 ** 20 };

type SpecInput = Record<string, unknown>;

/**
 * Names files from where the `prometheus.yml` lies. Throws a ZodError where Prometheus would take what nines doesn't, an
 * Error where the timeout is longer than the interval.
 */
export function scrapeOfJob(job: ScrapeConfig, global: GlobalConfig | null | undefined, folder: string): ScrapeSpec {
  const interval = job.scrape_interval ?? global?.scrape_interval ?? DEFAULT_INTERVAL;
  const resolve = (file: string): string => (isAbsolute(file) ? file : join(folder, file));
  return scrapeSpec.parse({
    job: job.job_name,
    groups: (job.static_configs ?? []).map(({ targets, labels }) => without({ targets: targets ?? [], labels: labels ?? undefined })),
    ...discoverOf(job, resolve),
    interval,
    timeout: timeoutOf(job, global, interval),
    ...without({
      scheme: job.scheme ?? undefined,
      path: pathOf(job.metrics_path),
      params: job.params && Object.fromEntries(Object.entries(job.params).filter(([, values]) => (values?.length ?? 0) > 0)),
      honorLabels: job.honor_labels ?? undefined,
      honorTimestamps: job.honor_timestamps ?? undefined,
      trackTimestampsStaleness: job.track_timestamps_staleness ?? undefined,
      followRedirects: job.follow_redirects ?? undefined,
      compression: job.enable_compression ?? undefined,
      extraMetrics: job.extra_scrape_metrics ?? global?.extra_scrape_metrics ?? undefined,
      relabel: job.relabel_configs?.map(toStep),
      metricRelabel: job.metric_relabel_configs?.map(toStep),
      scrapeNativeHistograms: job.scrape_native_histograms ?? global?.scrape_native_histograms ?? undefined,
      alwaysScrapeClassicHistograms:
        job.always_scrape_classic_histograms ?? job.scrape_classic_histograms ?? global?.always_scrape_classic_histograms ?? undefined,
      convertClassicHistograms: job.convert_classic_histograms_to_nhcb ?? global?.convert_classic_histograms_to_nhcb ?? undefined,
      nativeHistogramBucketLimit: job.native_histogram_bucket_limit || global?.native_histogram_bucket_limit || undefined,
      nativeHistogramMinBucketFactor: job.native_histogram_min_bucket_factor || global?.native_histogram_min_bucket_factor || undefined,
      ...namesOf(job, global),
      scrapeProtocols: protocolsOf(job.scrape_protocols ?? global?.scrape_protocols),
      fallbackScrapeProtocol: protocolsOf(job.fallback_scrape_protocol ? [job.fallback_scrape_protocol] : undefined)?.[0],
    }),
    ...limitsOf(job, global),
    ...clientOf(job, resolve),
  } satisfies SpecInput);
}

/**
 * An entry of `alerting.alertmanagers` as a Scrape, so that its targets are found, relabelled and asked like any others. What
 * Prometheus calls `__alerts_path__` is its path.
 */
export function scrapeOfAlertmanager(given: AlertmanagerConfig, folder: string): ScrapeSpec {
  const resolve = (file: string): string => (isAbsolute(file) ? file : join(folder, file));
  const [before, after] = [
    ['__metrics_path__', '__alerts_path__'],
    ['__alerts_path__', '__metrics_path__'],
  ].map(([from, to]) => ({ sourceLabels: [from!], targetLabel: to! }));
  return scrapeSpec.parse({
    groups: (given.static_configs ?? []).map(({ targets, labels }) => without({ targets: targets ?? [], labels: labels ?? undefined })),
    ...discoverOf(given, resolve),
    interval: '1h',
    timeout: given.timeout ?? '10s',
    path: posix.join('/', given.path_prefix ?? '', 'api/v2/alerts'),
    relabel: [before, ...(given.relabel_configs ?? []).map(toStep), after],
    ...without({ scheme: given.scheme ?? undefined }),
    ...clientOf(given, resolve),
  } satisfies SpecInput);
}

/** What it says for a target is shorter than the interval; only one that is written for the job may be wrong. */
function timeoutOf(job: ScrapeConfig, global: GlobalConfig | null | undefined, interval: string): string {
  const longest = parseDuration(interval);
  const own = job.scrape_timeout;
  if (own != null) {
    if (parseDuration(own) > longest) throw new Error(`the scrape_timeout (${own}) is longer than the scrape_interval (${interval})`);
    return own;
  }
  const given = global?.scrape_timeout ?? DEFAULT_TIMEOUT;
  return parseDuration(given) > longest ? interval : given;
}

/** As in Prometheus, targets are asked for names with underscores where others are not taken. */
function namesOf(job: ScrapeConfig, global: GlobalConfig | null | undefined): SpecInput {
  const nameValidation = job.metric_name_validation_scheme || global?.metric_name_validation_scheme || undefined;
  const given = job.metric_name_escaping_scheme || global?.metric_name_escaping_scheme || undefined;
  return { nameValidation, nameEscaping: given ?? (nameValidation === 'legacy' ? 'underscores' : undefined) };
}

const pathOf = (path: string | null | undefined): string | undefined =>
  path == null || path === '' ? undefined : path.startsWith('/') ? path : `/${path}`;

/** Those that nines reads, in the given order; undefined where that leaves none. */
function protocolsOf(given: readonly string[] | null | undefined): string[] | undefined {
  const known = given?.filter((protocol) => scrapeSpec.shape.fallbackScrapeProtocol.safeParse(protocol).success);
  return known === undefined || known.length === 0 ? undefined : [...known];
}

function limitsOf(job: ScrapeConfig, global: GlobalConfig | null | undefined): SpecInput {
  /** 0 is none given. */
  const limit = (key: 'sample_limit' | 'label_limit' | 'label_name_length_limit' | 'label_value_length_limit' | 'target_limit') =>
    job[key] || global?.[key] || undefined;
  const atMost = (given: number | undefined, most: number): number => Math.min(given ?? most, most);
  const body = tryParseByteSize(job.body_size_limit ?? '0') || tryParseByteSize(global?.body_size_limit ?? '0') || undefined;
  return without({
    bodyLimit: `${atMost(body, MOST.body)}B`,
    sampleLimit: atMost(limit('sample_limit'), MOST.sampleLimit),
    labelLimit: atMost(limit('label_limit'), MOST.labelLimit),
    labelNameLengthLimit: atMost(limit('label_name_length_limit'), MOST.labelNameLengthLimit),
    labelValueLengthLimit: atMost(limit('label_value_length_limit'), MOST.labelValueLengthLimit),
    targetLimit: limit('target_limit'),
    keepDroppedTargets: job.keep_dropped_targets || global?.keep_dropped_targets || undefined,
  });
}

function discoverOf(job: Discovering, resolve: (file: string) => string): SpecInput {
  const discover = [
    ...(job.file_sd_configs ?? []).map(({ files, refresh_interval: refresh }) => ({
      files: files.map(resolve),
      refreshInterval: refresh ?? '5m',
    })),
    ...(job.http_sd_configs ?? []).map((one) => ({
      http: one.url,
      refreshInterval: one.refresh_interval ?? '1m',
      ...clientOf(one, resolve),
    })),
    ...(job.dns_sd_configs ?? []).map(({ names, type, port, refresh_interval: refresh }) => ({
      dns: without({ names, type: type ?? undefined, port: port || undefined }),
      refreshInterval: refresh ?? '30s',
    })),
  ];
  return discover.length === 0 ? {} : { discover };
}

type Discovering = Pick<ScrapeConfig, 'file_sd_configs' | 'http_sd_configs' | 'dns_sd_configs'>;

/** Headers, credentials, TLS and proxy. */
function clientOf(given: ClientConfig, resolve: (file: string) => string): SpecInput {
  const headers: Record<string, string> = {};
  const headerFiles: Record<string, string[]> = {};
  for (const [name, { values, secrets, files }] of Object.entries(given.http_headers ?? {})) {
    const known = [...(values ?? []), ...(secrets ?? []).map((one) => one?.reveal() ?? '')];
    if (known.length > 0) headers[name] = known.join(', ');
    if (files && files.length > 0) headerFiles[name] = files.map(resolve);
  }
  const some = <T extends object>(all: T): T | undefined => (Object.keys(all).length === 0 ? undefined : all);
  return without({
    headers: some(headers),
    headerFiles: some(headerFiles),
    authorization: authorizationOf(given, resolve),
    tls: given.tls_config ? tlsOf(given.tls_config, resolve) : undefined,
    proxy: proxyOf(given),
  });
}

function authorizationOf(given: ClientConfig, resolve: (file: string) => string): SpecInput | undefined {
  const file = (path: string | null | undefined): string | undefined => (path ? resolve(path) : undefined);
  const shown = (secret: Secret | null | undefined): string | undefined => secret?.reveal() || undefined;
  const { basic_auth: basic, authorization, oauth2, bearer_token: token, bearer_token_file: tokenFile } = given;
  if (basic) {
    const files = { usernameFile: file(basic.username_file), passwordFile: file(basic.password_file) };
    return { basic: without({ username: basic.username ?? undefined, password: basic.password?.reveal(), ...files }) };
  }
  const credentials = shown(authorization?.credentials) ?? shown(token);
  const credentialsFile = file(authorization?.credentials_file) ?? file(tokenFile);
  if (credentials !== undefined || credentialsFile !== undefined)
    return without({ type: authorization?.type || undefined, credentials, credentialsFile });
  if (!oauth2) return undefined;
  return {
    oauth2: without({
      clientId: oauth2.client_id,
      clientSecret: shown(oauth2.client_secret),
      clientSecretFile: file(oauth2.client_secret_file),
      tokenUrl: oauth2.token_url,
      scopes: oauth2.scopes ?? undefined,
      params: oauth2.endpoint_params ?? undefined,
      tls: oauth2.tls_config ? tlsOf(oauth2.tls_config, resolve) : undefined,
      proxy: proxyOf(oauth2),
    }),
  };
}

const VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

function tlsOf(given: TlsConfig, resolve: (file: string) => string): SpecInput {
  const file = (path: string | null | undefined): string | undefined => (path ? resolve(path) : undefined);
  return without({
    insecureSkipVerify: given.insecure_skip_verify ?? undefined,
    serverName: given.server_name || undefined,
    ca: given.ca || undefined,
    caFile: file(given.ca_file),
    cert: given.cert || undefined,
    certFile: file(given.cert_file),
    key: given.key?.reveal() || undefined,
    keyFile: file(given.key_file),
    minVersion: given.min_version ? VERSIONS[given.min_version] : undefined,
    maxVersion: given.max_version ? VERSIONS[given.max_version] : undefined,
  });
}

function proxyOf(
  given: Pick<ClientConfig, 'proxy_url' | 'proxy_from_environment' | 'no_proxy' | 'proxy_connect_header'>,
): SpecInput | undefined {
  const connectHeaders = given.proxy_connect_header ?? undefined;
  if (given.proxy_from_environment === true) return without({ fromEnvironment: true, connectHeaders });
  if (!given.proxy_url) return undefined;
  return without({ url: given.proxy_url.reveal(), noProxy: given.no_proxy || undefined, connectHeaders });
}

const without = (given: SpecInput): SpecInput => Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
