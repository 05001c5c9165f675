/**
 * Every setting of `nines.yaml`, in one list from which the reference is made: long because there are many.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { DEFAULT_EXTERNAL_LIMITS, DEFAULT_FLAPPING } from '../alerting/index.ts';
import { chatSettings } from '../chat/index.ts';
import { providerSettings, switchSettings } from '../delivery/index.ts';
import { tryParseByteSize } from '../platform/byte-size.ts';
import { parseDuration } from '../platform/duration.ts';
import { Problem } from '../platform/problem.ts';
import {
  DEFAULT_LISTEN,
  DEFAULT_OTLP_SETTINGS,
  DEFAULT_STATSD_SETTINGS,
  DEFAULT_STORE_SETTINGS,
  LISTEN_OFF,
  parsePromQL,
} from '../monitoring/index.ts';

const bytes = (fallback: number) =>
  z
    .union([z.number().int().positive(), z.string().refine((text) => tryParseByteSize(text) !== undefined, "write a size such as '256MB'")])
    .transform((value) => (typeof value === 'number' ? value : (tryParseByteSize(value) ?? 0)))
    .default(fallback);

const duration = (fallback: number) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return parseDuration(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .default(fallback);

const span = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** How long rollups are kept; `false` makes none. */
const kept = z.union([z.literal(false).transform(() => 0), span]);
const ofAll = (resolution: keyof typeof DEFAULT_STORE_SETTINGS.rollups) => kept.default(DEFAULT_STORE_SETTINGS.rollups[resolution]);

const selector = z.string().transform((text, context) => {
  try {
    const expr = parsePromQL(text);
    if (expr.kind === 'selector') return expr.matchers;
    context.addIssue({ code: 'custom', message: 'write a series selector, such as \'{__name__=~"debug_.*"}\'' });
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
  return z.NEVER;
});

const retentionClass = z.strictObject({
  match: selector.describe('a PromQL selector: the series of the class'),
  raw: span.optional().describe('how long its samples are kept, in place of store.retention; not longer'),
  rollups: z
    .union([
      z.literal(false),
      z.strictObject({ '1m': kept.optional(), '5m': kept.optional(), '1h': kept.optional() }).transform(
        // What isn't given is as for all.
        (given) => Object.fromEntries(Object.entries(given).filter(([, ms]) => ms !== undefined)),
      ),
    ])
    .optional()
    .describe('how long its rollups are kept, in place of store.rollups; `false` makes none'),
});

const store = z
  .strictObject({
    recentMemory: bytes(DEFAULT_STORE_SETTINGS.recentMemory).describe(
      'the most memory for the recent window, from which alerts and most queries are answered; it takes 1,000 bytes a series, but no less than 64 MB where it may',
    ),
    retention: duration(DEFAULT_STORE_SETTINGS.retention).describe('how long samples are kept'),
    rollups: z
      .strictObject({
        '1m': ofAll('1m').describe('how long rollups of one minute are kept; made a day before the samples go'),
        '5m': ofAll('5m').describe('how long rollups of five minutes are kept'),
        '1h': ofAll('1h').describe('how long rollups of one hour are kept'),
      })
      .prefault({})
      .describe(
        'how long rollups are kept: `1m` (90 days, made a day before the samples go), `5m` (a year), `1h` (5 years); `false` makes none',
      ),
    classes: z
      .array(retentionClass)
      .max(200)
      .default([])
      .describe(
        'metrics that are kept for other times: a list of `match` (a selector), `raw` and `rollups`; the first that fits a series counts',
      ),
    maxSeries: z.number().int().positive().default(DEFAULT_STORE_SETTINGS.maxSeries).describe('how many series there may be'),
    maxSeriesPerSource: z
      .number()
      .int()
      .positive()
      .default(DEFAULT_STORE_SETTINGS.maxSeriesPerSource)
      .describe('how many series one source (a token, a scrape, an address) may make'),
    maxLogBytes: bytes(DEFAULT_STORE_SETTINGS.maxLogBytes).describe('how large the intake log may grow while the engine is behind'),
    syncInterval: duration(DEFAULT_STORE_SETTINGS.syncInterval).describe('the most that a loss of power can take'),
    flushInterval: duration(DEFAULT_STORE_SETTINGS.flushInterval).describe(
      'the longest that samples wait in the intake log before the engine gets them',
    ),
    flushBytes: bytes(DEFAULT_STORE_SETTINGS.flushBytes).describe('bytes of intake log at which the engine gets them at once'),
    maxReadSamples: z
      .number()
      .int()
      .positive()
      .default(DEFAULT_STORE_SETTINGS.maxReadSamples)
      .describe('the most samples that a query may read from before the recent window'),
    engineMemory: bytes(DEFAULT_STORE_SETTINGS.engineMemory).describe('the most memory that the embedded ClickHouse may take'),
  })
  .prefault({});

const query = z
  .strictObject({
    timeout: duration(120_000).describe('the longest that a query may take'),
    maxSamples: z.number().int().positive().default(50_000_000).describe('the most samples that a query may touch'),
    maxPoints: z.number().int().positive().default(11_000).describe('the most points a series that a range query may answer'),
    maxConcurrency: z.number().int().positive().default(20).describe('the most queries at a time'),
    cacheMemory: bytes(32 * 1024 ** 2).describe('the memory for answers that are remembered; 0 remembers none'),
  })
  .prefault({});

const isRegExp = (text: string): boolean => {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
};
const pathPattern = z.string().min(1).max(500).refine(isRegExp, 'write a regular expression');
const graphite = z
  .strictObject({
    maxSeries: z.number().int().positive().default(20_000).describe('the most series that a path of a Graphite target may find'),
    maxValues: z.number().int().positive().default(20_000_000).describe('the most values that a Graphite request may fetch and make'),
    maxPoints: z
      .number()
      .int()
      .positive()
      .default(20_000)
      .describe('the most values a series in a Graphite request: beyond, its step is widened'),
    steps: z
      .array(z.strictObject({ pattern: pathPattern, step: z.number().int().positive() }))
      .default([])
      .describe("steps of Graphite series in seconds, by their paths; of others the step is found: `[{pattern: '^carbon\\.', step: 60}]`"),
    aggregations: z
      .array(z.strictObject({ pattern: pathPattern, method: z.enum(['average', 'sum', 'min', 'max', 'last']) }))
      .default([])
      .describe("how the samples of a step are put together, by paths: `[{pattern: '\\.hits$', method: sum}]`"),
  })
  .prefault({});

const sql = z
  .strictObject({
    timeout: duration(10_000).describe('the longest that an SQL statement may take'),
    maxRows: z.number().int().positive().default(100_000).describe('the most rows that SQL may answer'),
    maxBytes: bytes(32 * 1024 ** 2).describe('the largest answer of SQL'),
    maxMemory: bytes(256 * 1024 ** 2).describe('the most memory that an SQL statement may take'),
    maxRead: z.number().int().positive().default(1_000_000_000).describe('the most rows that an SQL statement may read'),
    maxConcurrency: z.number().int().positive().default(2).describe('the most SQL statements at a time'),
  })
  .prefault({});

const intake = z
  .strictObject({
    maxBody: bytes(32 * 1024 ** 2).describe('the largest remote-write request, decompressed'),
    maxLabels: z.number().int().positive().default(64).describe('the most labels of a series'),
    maxNameLength: z.number().int().positive().default(1024).describe('the longest label name and metric name, in characters'),
    maxValueLength: z.number().int().positive().default(8192).describe('the longest label value, in characters'),
  })
  .prefault({});

const openPort = (fallback: number) => z.union([z.literal(false), z.number().int().min(0).max(65_535)]).default(fallback);
const listen = z.preprocess(
  (given) => (given === 'off' || given === false ? LISTEN_OFF : given),
  z
    .strictObject({
      statsd: openPort(DEFAULT_LISTEN.statsd as number).describe('StatsD and DogStatsD, UDP and TCP; false leaves it closed'),
      graphite: openPort(DEFAULT_LISTEN.graphite as number).describe("Graphite's plaintext protocol; false leaves it closed"),
      graphitePickle: openPort(DEFAULT_LISTEN.graphitePickle as number).describe("Graphite's pickle protocol; false leaves it closed"),
      otlpHttp: openPort(DEFAULT_LISTEN.otlpHttp as number).describe(
        'OTLP over HTTP, beside the same on the main port; false leaves it closed',
      ),
      otlpGrpc: openPort(DEFAULT_LISTEN.otlpGrpc as number).describe('OTLP over gRPC; false leaves it closed'),
    })
    .prefault({}),
);

const otlp = z
  .strictObject({
    translation: z
      .enum(['UnderscoreEscapingWithSuffixes', 'UnderscoreEscapingWithoutSuffixes', 'NoUTF8EscapingWithSuffixes', 'NoTranslation'])
      .default(DEFAULT_OTLP_SETTINGS.translation)
      .describe("how OpenTelemetry's names become Prometheus'"),
    promoteResourceAttributes: z
      .array(z.string())
      .default([])
      .describe('resource attributes that become labels of every series; the others are on `target_info`'),
    promoteScope: z.boolean().default(false).describe('scope name, version and attributes as labels `otel_scope_…`'),
  })
  .prefault({});

const statsd = z
  .strictObject({
    flushInterval: duration(DEFAULT_STATSD_SETTINGS.flushInterval)
      .refine((ms) => ms >= 100, 'at least 100ms')
      .describe('the time between two samples of a metric'),
    percentiles: z
      .array(z.number().min(-100).max(100))
      .max(50)
      .default([...DEFAULT_STATSD_SETTINGS.percentiles])
      .describe('which percentiles timers, histograms and distributions have'),
    names: z
      .array(z.enum(['prometheus', 'graphite', 'graphite-legacy']))
      .min(1)
      .default([...DEFAULT_STATSD_SETTINGS.names])
      .describe("how series are named: for PromQL, as the statsd daemon names them in Graphite, or with that one's legacy namespace"),
    expire: duration(DEFAULT_STATSD_SETTINGS.expire).describe('after how long a counter, timer or set ends that nobody sends any more'),
    expireGauges: duration(DEFAULT_STATSD_SETTINGS.expireGauges).describe('the same for gauges'),
  })
  .prefault({});

const backup = z
  .strictObject({
    folder: z.string().optional().describe('where backups are made; best on another disk. `backups` in the data folder by default'),
    keep: z.number().int().min(1).max(1000).default(7).describe('how many backups are kept: the oldest goes when a new one is there'),
  })
  .prefault({});

const smtp = z.strictObject({
  host: z.string().min(1).describe("the mail server's name"),
  port: z.number().int().min(1).max(65_535).default(587),
  secure: z.boolean().default(false).describe('TLS from the first byte (port 465); otherwise STARTTLS where the server offers it'),
  requireTls: z.boolean().default(false).describe('refuse to send in the clear'),
  user: z.string().optional(),
  password: z.string().optional(),
  from: z.string().min(3).describe("the sender, such as 'nines <nines@example.org>'"),
});

const delivery = z
  .strictObject({
    bundleOver: z
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(5)
      .describe('this many pages to one person by one channel within a minute leave on their own, the rest in one message; 0 bundles none'),
    keep: duration(400 * 86_400_000).describe('how long messages that left are kept, with each attempt'),
  })
  .prefault({});

const rules = z
  .strictObject({
    interval: duration(60_000).describe('how often the groups of rule files are evaluated that do not say'),
    queryOffset: duration(0).describe('how far in the past they are evaluated, where they do not say: for samples that come late'),
    externalLabels: z
      .record(z.string().min(1).max(512), z.string().max(8_192))
      .default({})
      .describe('`$externalLabels` of the templates of alerts, as `external_labels` of a prometheus.yml'),
    lint: z
      .enum(['warning', 'error', 'off'])
      .default('warning')
      .describe('what a finding of the linter is; `error` refuses a rule file that has one'),
  })
  .prefault({});

const silences = z
  .strictObject({ max: z.number().int().positive().default(5_000).describe('the most silences that are in force or yet to be') })
  .prefault({});

/** As Nagios Core: weighted changes, and two thresholds. */
const flapping = z
  .strictObject({
    window: duration(DEFAULT_FLAPPING.windowMs).describe(
      'how far back it counts how often an alert began to fire or stopped; `0`: no alert is told of as flapping',
    ),
    high: z
      .number()
      .positive()
      .default(DEFAULT_FLAPPING.high)
      .describe('from so many changes on it flaps: told of once, and then not before it is calm'),
    low: z
      .number()
      .positive()
      .default(DEFAULT_FLAPPING.low)
      .describe('below so many changes it is calm; a change counts for 1.2 when it is new, falling to 0.8'),
  })
  .refine(({ high, low }) => low <= high, { message: 'low is at most high', path: ['low'] })
  .prefault({});

const externalAlerts = z
  .strictObject({
    maxRequest: z
      .number()
      .int()
      .positive()
      .default(DEFAULT_EXTERNAL_LIMITS.maxRequest)
      .describe('the most alerts that a sender (a Prometheus, a webhook) may tell of in one request'),
    maxKept: z
      .number()
      .int()
      .positive()
      .default(DEFAULT_EXTERNAL_LIMITS.maxKept)
      .describe('the most alerts of senders that are kept: those that fire, and those resolved in the last quarter of an hour'),
    maxWaiting: z
      .number()
      .int()
      .positive()
      .default(DEFAULT_EXTERNAL_LIMITS.maxWaiting)
      .describe('the most alerts of senders that are kept but not yet worked off; beyond that, senders are asked to wait'),
    maxWaitingBytes: bytes(DEFAULT_EXTERNAL_LIMITS.maxWaitingBytes).describe('how much the alerts that wait to be worked off may take'),
  })
  .prefault({});

const inbound = z
  .strictObject({
    perMinute: z.number().int().positive().default(1_200).describe('the most requests and mails that an Integration may send in a minute'),
    smtp: openPort(25).default(false).describe('the port that takes mail for Integrations of type email, such as 2525; closed by default'),
    smtps: openPort(465).default(false).describe('the same, encrypted from the first byte on; closed by default'),
    tls: z
      .strictObject({
        certificate: z.string().min(1).describe('the certificate and those that it is signed by, a file in PEM'),
        key: z.string().min(1).describe('its key, a file in PEM'),
      })
      .optional()
      .describe('encrypts mail: STARTTLS on `smtp`, and all of `smtps`; files that change are read anew'),
    maxMail: bytes(2 * 1024 ** 2).describe('the largest mail that is read'),
  })
  .refine(({ smtps, tls }) => smtps === false || tls !== undefined, {
    path: ['tls'],
    message: 'inbound.smtps needs a certificate: set inbound.tls',
  })
  .prefault({});

const alertmanagers = z
  .array(
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')).describe('its address'), // prettier-ignore
      token: z.string().min(1).optional().describe('sent as `Authorization: Bearer`'),
      user: z.string().min(1).optional().describe('for basic authorization'),
      password: z.string().optional(),
    }),
  )
  .max(10)
  .default([])
  .describe('Alertmanagers that are told of all that nines decides, too, and again each minute: `[{url: ..., token: ...}]`');

/** `nines.yaml`. */
export const settingsSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('the address people open nines at; in every link that is sent'),
  host: z.string().default('0.0.0.0').describe('the address to listen on'),
  port: z.number().int().min(0).max(65_535).default(9900).describe('the port for UI, API and every HTTP intake'),
  data: z.string().default('./nines-data').describe('the folder for everything that must survive'),
  config: z.string().optional().describe('the folder of documents that is watched'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn').describe('what goes to standard error, as JSON lines'),
  postgres: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('a PostgreSQL server for the state, instead of the embedded one'),
  smtp: z
    .union([smtp, z.array(smtp).min(1).max(5)])
    .optional()
    .describe('the mail server that pages leave by, or a list: the first that takes a message'),
  delivery,
  docsUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where the documentation of alerts begins: those without a runbook of their own link there'),
  docsLink: z
    .string()
    .min(1)
    .max(2_000)
    .default('{docs_url}/{alert}#{legend}')
    .describe('that link: the legend is the label `legend` of an alert, else its service'),
  reviews: z
    .union([z.literal(false), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '09:00', in quotes")])
    .default('09:00')
    .describe("when on Monday, in its time zone, each team is told of the week's alerts; false tells nobody"),
  ...providerSettings,
  deadMansSwitch: switchSettings,
  chat: chatSettings,
  webhookSecret: z
    .string()
    .min(16)
    .optional()
    .describe('what webhooks are signed with; made and kept in the data folder where it is not given'),
  mailbox: z.boolean().default(false).describe('keep a local mailbox at /mail and send e-mail to it; without smtp it is kept anyway'),
  maxEventStreams: z
    .number()
    .int()
    .positive()
    .default(200)
    .describe('the most live streams of events at a time; every open page of the UI is one'),
  backup,
  listen,
  otlp,
  intake,
  statsd,
  store,
  query,
  rules,
  externalAlerts,
  alertmanagers,
  silences,
  flapping,
  inbound,
  graphite,
  sql,
});

export type Settings = z.output<typeof settingsSchema> & {
  /** `NINES_ADMIN_TOKEN`: a bearer token with every right, for set-up by a script. */
  readonly adminToken: string | undefined;
  readonly url: string;
  readonly backup: { readonly folder: string; readonly keep: number };
};

/** What flags can set, over everything else. */
export interface UpOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly settings?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const fromEnvironment = (env: Environment): Record<string, unknown> => ({
  ...(env['NINES_URL'] !== undefined && { url: env['NINES_URL'] }),
  ...(env['NINES_PORT'] !== undefined && { port: Number(env['NINES_PORT']) }),
  ...(env['NINES_HOST'] !== undefined && { host: env['NINES_HOST'] }),
  ...(env['NINES_DATA'] !== undefined && { data: env['NINES_DATA'] }),
  ...(env['NINES_CONFIG'] !== undefined && { config: env['NINES_CONFIG'] }),
  ...(env['NINES_LISTEN'] !== undefined && { listen: env['NINES_LISTEN'] }),
  ...(env['NINES_MAILBOX'] !== undefined && { mailbox: env['NINES_MAILBOX'] === '1' || env['NINES_MAILBOX'] === 'true' }),
  ...(env['NINES_MAX_EVENT_STREAMS'] !== undefined && { maxEventStreams: Number(env['NINES_MAX_EVENT_STREAMS']) }),
  ...(env['NINES_DOCS_URL'] !== undefined && { docsUrl: env['NINES_DOCS_URL'] }),
  ...(env['NINES_LOG_LEVEL'] !== undefined && { logLevel: env['NINES_LOG_LEVEL'] }),
  ...(env['NINES_POSTGRES_URL'] !== undefined && { postgres: env['NINES_POSTGRES_URL'] }),
});

const defined = (options: UpOptions): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== undefined && name !== 'settings'));

/** The settings file: `--settings`, else `nines.yaml` in the documents' folder, else the one here. */
function findFile(options: UpOptions, env: Environment): string | undefined {
  if (options.settings !== undefined) return options.settings;
  const folders = [options.config ?? env['NINES_CONFIG'], '.'].filter((folder) => folder !== undefined);
  return folders.map((folder) => path.join(folder, 'nines.yaml')).find((file) => fs.existsSync(file));
}

/** `${NAME}` is the environment's; a secret need not stand in the file. */
function expand(value: unknown, env: Environment, file: string): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined) throw new Problem(400, 'bad-settings', `${file} uses \${${name}}, which is not set in the environment.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((one) => expand(one, env, file));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, expand(one, env, file)]));
  return value;
}

/** Flags over the environment over the file over the defaults. Throws a Problem that names the setting that is wrong. */
export function loadSettings(options: UpOptions, env: Environment): Settings {
  const file = findFile(options, env);
  let written: unknown = {};
  try {
    if (file !== undefined) written = parseYaml(fs.readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new Problem(400, 'bad-settings', `${file ?? ''} can't be read: ${(error as Error).message}`);
  }
  const merged = { ...(expand(written, env, file ?? '') as Record<string, unknown>), ...fromEnvironment(env), ...defined(options) };
  const result = settingsSchema.safeParse(merged);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `  ${issue.path.join('.') || 'settings'}: ${issue.message}`);
    throw new Problem(400, 'bad-settings', `The settings${file === undefined ? '' : ` (${file})`} are wrong:\n${problems.join('\n')}`);
  }
  const settings = result.data;
  // A config folder in the file is relative to the file, so that it means the same wherever nines is started from.
  const config =
    settings.config !== undefined && settings.config === (written as { config?: string }).config && file !== undefined
      ? path.resolve(path.dirname(file), settings.config)
      : settings.config;
  const withConfig = config === undefined ? settings : { ...settings, config };
  return {
    ...withConfig,
    backup: { ...settings.backup, folder: path.resolve(settings.backup.folder ?? path.join(settings.data, 'backups')) },
    url: (settings.url ?? `http://localhost:${settings.port}`).replace(/\/$/, ''),
    adminToken: env['NINES_ADMIN_TOKEN'] || undefined,
  };
}
