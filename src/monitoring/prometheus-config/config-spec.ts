/**
 * `prometheus.yml` as Prometheus 3 reads it: https://prometheus.io/docs/prometheus/latest/configuration/configuration/.
 * Only what nines acts on is checked here; keys that it doesn't know stay, named by unsupported.ts and their values hidden: any may hold a secret.
 *
 * Longer than most files: it is one list of fields.
 */
import { z } from 'zod';
import { explainByteSize, tryParseByteSize } from '../../platform/byte-size.ts';
import { durationText } from '../../platform/duration.ts';
import { relabelProblem, relabelStep, type RelabelStep } from '../scrape/index.ts';
import { hide, Secret } from './secret.ts';

const rest: z.ZodType = z.unknown().transform(hide);
const open = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).catchall(rest);

/** YAML reads 1 and true as what they look like; Prometheus takes them as text. */
const text = (max = 8_192) => z.union([z.string().max(max), z.number(), z.boolean()]).transform(String);
const path = z.string().max(4_096);
const list = <T extends z.ZodType>(item: T, max = 10_000) => z.array(item).max(max).nullish();
const flag = z.boolean().nullish();
const count = z.int().min(0).nullish();
const duration = durationText().nullish();
const interval = durationText({ min: '1s', max: '1d' }).nullish();
const labels = z.record(z.string().min(1).max(512), text()).nullish();
const secret = z
  .union([z.string().max(16_384), z.number(), z.boolean()])
  .transform((value) => new Secret(String(value)))
  .nullish();

const byteSize = z
  .union([z.string(), z.number()])
  .transform(String)
  .check((context) => {
    if (tryParseByteSize(context.value) === undefined)
      context.issues.push({ code: 'custom', message: explainByteSize(context.value), input: context.value });
  })
  .nullish();

export const relabelConfig = open({
  source_labels: list(z.string().min(1).max(512), 50),
  separator: text(100).nullish(),
  regex: text(10_000).nullish(),
  modulus: z.int().min(0).nullish(),
  target_label: text(512).nullish(),
  replacement: text().nullish(),
  action: z.string().max(100).nullish(),
}).check((context) => {
  const step = relabelStep.safeParse(toStep(context.value));
  const issue = (key: string, message: string): void =>
    void context.issues.push({ code: 'custom', path: [key], message, input: context.value });
  if (step.success) {
    const message = relabelProblem(step.data);
    if (message !== undefined) issue('regex', message);
    return;
  }
  for (const { path: at, message } of step.error.issues) issue(PROMETHEUS_KEYS[String(at[0])] ?? String(at[0]), message);
});

const PROMETHEUS_KEYS: Readonly<Record<string, string>> = { targetLabel: 'target_label', sourceLabels: 'source_labels' };

interface RelabelGiven {
  readonly source_labels?: readonly string[] | null | undefined;
  readonly separator?: string | null | undefined;
  readonly regex?: string | null | undefined;
  readonly modulus?: number | null | undefined;
  readonly target_label?: string | null | undefined;
  readonly replacement?: string | null | undefined;
  readonly action?: string | null | undefined;
}

/** The same step in the spelling of nines' own documents. */
export const toStep = (given: RelabelGiven): z.input<typeof relabelStep> => {
  const { source_labels: sources, separator, regex, modulus, target_label: target, replacement, action } = given;
  return {
    ...(sources && { sourceLabels: [...sources] }),
    ...(separator != null && { separator }),
    ...(regex != null && { regex }),
    ...(modulus != null && modulus > 0 && { modulus }),
    ...(target != null && target !== '' && { targetLabel: target }),
    ...(replacement != null && { replacement }),
    ...(action != null && { action: action.toLowerCase() as RelabelStep['action'] }),
  };
};

const TLS_VERSIONS = ['TLS10', 'TLS11', 'TLS12', 'TLS13'] as const;

export const tlsConfig = open({
  ca: z.string().max(1_000_000).nullish(),
  ca_file: path.nullish(),
  cert: z.string().max(1_000_000).nullish(),
  cert_file: path.nullish(),
  key: secret,
  key_file: path.nullish(),
  server_name: z.string().max(253).nullish(),
  insecure_skip_verify: flag,
  min_version: z.enum(TLS_VERSIONS).nullish(),
  max_version: z.enum(TLS_VERSIONS).nullish(),
});

export const basicAuth = open({
  username: text(256).nullish(),
  username_file: path.nullish(),
  password: secret,
  password_file: path.nullish(),
});

export const authorizationConfig = open({
  type: z
    .string()
    .max(100)
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/, 'a type is one word, such as Bearer')
    .refine((type) => type.toLowerCase() !== 'basic', 'write basic_auth for the type Basic')
    .nullish(),
  credentials: secret,
  credentials_file: path.nullish(),
});

const isHttpUrl = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const proxyFields = {
  proxy_url: z
    .string()
    .max(2_048)
    .check((context) => {
      // Without the value, which may have a password in it.
      if (context.value !== '' && !isHttpUrl(context.value))
        context.issues.push({ code: 'custom', message: 'write the address of an http or https proxy', input: undefined });
    })
    .transform((url) => (url === '' ? null : new Secret(url)))
    .nullish(),
  proxy_from_environment: flag,
  no_proxy: z.string().max(8_192).nullish(),
  proxy_connect_header: z.record(z.string().max(100), z.array(z.string().max(8_192)).max(20)).nullish(),
}; // prettier-ignore

const httpUrl = z.string().max(2_048).refine(isHttpUrl, 'write a full http address');

export const oauth2Config = open({
  client_id: z.string().min(1).max(1_024),
  client_secret: secret,
  client_secret_file: path.nullish(),
  token_url: httpUrl,
  scopes: list(z.string().max(1_024), 100),
  endpoint_params: z.record(z.string().max(256), text()).nullish(),
  tls_config: tlsConfig.nullish(),
  ...proxyFields,
});

export const headerConfig = open({
  values: list(z.string().max(8_192), 20),
  secrets: z.array(secret).max(20).nullish(),
  files: list(path.min(1), 20),
});

/** How an address is asked: of a job, and of an `http_sd_configs`. */
const clientFields = {
  basic_auth: basicAuth.nullish(),
  authorization: authorizationConfig.nullish(),
  oauth2: oauth2Config.nullish(),
  bearer_token: secret,
  bearer_token_file: path.nullish(),
  tls_config: tlsConfig.nullish(),
  follow_redirects: flag,
  enable_http2: flag,
  http_headers: z.record(z.string().max(100), headerConfig).nullish(),
  ...proxyFields,
};

/** One way of proving who asks is enough: as Prometheus, two are an error. */
const oneCredential = (context: z.core.ParsePayload<Record<string, unknown>>): void => {
  const ways = ['basic_auth', 'authorization', 'oauth2', 'bearer_token', 'bearer_token_file'].filter((key) => context.value[key] != null);
  const [, second] = ways;
  if (second !== undefined)
    context.issues.push({ code: 'custom', path: [second], message: `at most one of ${ways.join(' and ')} may be given`, input: context.value }); // prettier-ignore
};

export const staticConfig = open({ targets: list(text(2_048)), labels });
export const fileSd = open({
  files: z.array(path.regex(/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/, "write a file that ends with .json, .yml or .yaml; only its last part may have a '*'")).min(1).max(100),
  refresh_interval: interval,
}); // prettier-ignore
export const httpSd = open({ url: httpUrl, refresh_interval: interval, ...clientFields }).check(oneCredential);
export const dnsSd = open({
  names: z.array(z.string().min(1).max(253)).min(1).max(100),
  type: z
    .string()
    .transform((type) => type.toUpperCase())
    .pipe(z.enum(['SRV', 'A', 'AAAA', 'MX', 'NS']))
    .nullish(),
  port: z.int().min(0).max(65_535).nullish(),
  refresh_interval: interval,
}).refine(({ type, port }) => (type ?? 'SRV') === 'SRV' || (port ?? 0) > 0, {
  path: ['port'],
  message: 'a port is required for all types but SRV',
});

const PROTOCOLS = [
  'PrometheusProto',
  'OpenMetricsText0.0.1',
  'OpenMetricsText1.0.0',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
] as const;

const limits = {
  body_size_limit: byteSize,
  sample_limit: count,
  target_limit: count,
  label_limit: count,
  label_name_length_limit: count,
  label_value_length_limit: count,
};

/** Given for all jobs, and for one. */
const shared = {
  scrape_interval: interval,
  scrape_timeout: durationText({ min: '10ms', max: '1d' }).nullish(),
  scrape_protocols: z.array(z.enum(PROTOCOLS)).min(1).max(5).nullish(),
  metric_name_validation_scheme: z.enum(['utf8', 'legacy', '']).nullish(),
  metric_name_escaping_scheme: z.enum(['allow-utf-8', 'underscores', 'dots', 'values', '']).nullish(),
  always_scrape_classic_histograms: flag,
  convert_classic_histograms_to_nhcb: flag,
  scrape_native_histograms: flag,
  native_histogram_bucket_limit: z.int().min(0).max(100_000).nullish(),
  native_histogram_min_bucket_factor: z.number().min(0).max(65_536).nullish(),
  extra_scrape_metrics: flag,
  keep_dropped_targets: count,
  ...limits,
};

export const scrapeConfig = open({
  job_name: z.string().min(1).max(256),
  ...shared,
  honor_labels: flag,
  honor_timestamps: flag,
  track_timestamps_staleness: flag,
  params: z.record(z.string().max(256), list(text(1_024), 20)).nullish(),
  metrics_path: z.string().max(1_024).nullish(),
  scheme: z.enum(['http', 'https']).nullish(),
  enable_compression: flag,
  fallback_scrape_protocol: z.enum(PROTOCOLS).nullish(),
  scrape_classic_histograms: flag,
  static_configs: list(staticConfig),
  file_sd_configs: list(fileSd, 100),
  http_sd_configs: list(httpSd, 100),
  dns_sd_configs: list(dnsSd, 100),
  relabel_configs: list(relabelConfig, 1_000),
  metric_relabel_configs: list(relabelConfig, 1_000),
  ...clientFields,
}).check(oneCredential);

export const globalConfig = open({
  ...shared,
  evaluation_interval: duration,
  rule_query_offset: duration,
  external_labels: labels,
});

export const alertmanagerConfig = open({
  scheme: z.enum(['http', 'https']).nullish(),
  path_prefix: z.string().max(1_024).nullish(),
  timeout: durationText({ min: '10ms', max: '5m' }).nullish(),
  api_version: z.literal('v2', { error: 'only the API v2 of Alertmanager is spoken: write v2, or leave it out' }).nullish(),
  static_configs: list(staticConfig),
  file_sd_configs: list(fileSd, 100),
  http_sd_configs: list(httpSd, 100),
  dns_sd_configs: list(dnsSd, 100),
  relabel_configs: list(relabelConfig, 1_000),
  alert_relabel_configs: list(relabelConfig, 1_000),
  ...clientFields,
}).check(oneCredential);

export const alertingConfig = open({
  alert_relabel_configs: list(relabelConfig, 1_000),
  alertmanagers: list(alertmanagerConfig, 100),
});

export const prometheusConfigSpec = open({
  global: globalConfig.nullish(),
  alerting: alertingConfig.nullish(),
  rule_files: list(path, 1_000),
  scrape_config_files: list(path, 1_000),
  scrape_configs: list(scrapeConfig),
}).check((context) => {
  const seen = new Set<string>();
  for (const [i, { job_name: job }] of (context.value.scrape_configs ?? []).entries()) {
    const path = ['scrape_configs', i, 'job_name'];
    if (seen.has(job)) context.issues.push({ code: 'custom', path, message: `the job '${job}' is there twice in this file`, input: job });
    seen.add(job);
  }
});

export type PrometheusConfigSpec = z.output<typeof prometheusConfigSpec>;
export type GlobalConfig = z.output<typeof globalConfig>;
export type ScrapeConfig = z.output<typeof scrapeConfig>;
export type AlertmanagerConfig = z.output<typeof alertmanagerConfig>;
export type TlsConfig = z.output<typeof tlsConfig>;
export type ClientConfig = Pick<ScrapeConfig, keyof typeof clientFields>;
