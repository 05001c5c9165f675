/**
 * The documents that tell nines what to look at: `kind: Probe` (asks an endpoint as a user would) and
 * `kind: Scrape` (collects what programs say about themselves). Durations and sizes stay the text that was
 * written. `${NAME}` in a credential or header is the environment variable of the nines process.
 *
 * Longer than most files: it is one list of fields, each with its limits and its line in the reference.
 */
import { z } from 'zod';
import { severity } from '../catalog/contract.ts';
import { explainByteSize, tryParseByteSize } from '../platform/byte-size.ts';
import { durationText, parseDuration } from '../platform/duration.ts';
import { jsonSpec } from './json-poll/json-spec.ts';
import { patternProblem } from './probe/pattern.ts';
import { headerFiles, headerName, proxySpec, requestHeaders, scrapeAuthorization, scrapeTls, tls } from './scrape/client-spec.ts';
import { discoverySpec } from './scrape/discovery-spec.ts';
import { relabelSteps } from './scrape/relabel-step.ts';

const serviceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a name is 1 to 63 lowercase letters, digits and '-', such as 'checkout-api'");

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "a label name is letters, digits and '_', such as 'env'")
  .refine((label) => !label.startsWith('__'), "label names that start with '__' are reserved");
const labels = z.record(labelName, z.string().max(1024));

const authorization = z
  .strictObject({
    bearer: z.string().min(1).max(8192).optional().describe('A token, best as `${NAME}`.'),
    basic: z
      .strictObject({ username: z.string().max(256), password: z.string().max(1024) })
      .optional()
      .describe('A user name and a password, best as `${NAME}`.'),
  })
  .refine(({ bearer, basic }) => (bearer === undefined) !== (basic === undefined), "give either 'bearer' or 'basic'");

const isHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
};

const httpUrl = z
  .string()
  .max(2048)
  .refine(isHttpUrl, "write a full address such as 'https://shop.example/health', without a user name or password in it");

const pattern = z
  .string()
  .min(1)
  .max(1024)
  .check((context) => {
    const message = patternProblem(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1).max(20)]);

const status = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^([1-5]xx|[1-5]\d\d(-[1-5]\d\d)?)$/, "write a status as 200, '2xx' or '200-299'"),
]);

const bodyExpectation = z.union([
  z.string().min(1).max(1024),
  z.strictObject({
    contains: oneOrMore(z.string().min(1).max(1024)).optional().describe('Text that must be in the body.'),
    matches: oneOrMore(pattern).optional().describe('Regular expressions that must match.'),
    notMatches: oneOrMore(pattern).optional().describe('Regular expressions that must not match.'),
  }),
]);

const headerExpectation = z.union([
  z.string().max(1024),
  z.strictObject({ equals: z.string().max(1024) }),
  z.strictObject({ matches: pattern }),
  z.strictObject({ present: z.boolean() }),
]);

const expectation = z.strictObject({
  status: oneOrMore(status).default('2xx').describe("Which status is right: `200`, `'2xx'`, `'200-299'`, or a list of these."),
  body: bodyExpectation.optional().describe('What the body must be like; a text is what it must contain.'),
  headers: z.record(headerName, headerExpectation).optional().describe('What headers must be like; a text is what one must equal.'),
  certificateDays: z.int().min(1).max(3650).optional().describe('Fail when a certificate of the chain ends within so many days.'),
  tlsVersion: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional().describe('The oldest version of TLS that is good enough.'),
});

const bytes = (max: number) =>
  z.string().check((context) => {
    const size = tryParseByteSize(context.value);
    const issue = (message: string): void => void context.issues.push({ code: 'custom', message, input: context.value });
    if (size === undefined) issue(explainByteSize(context.value));
    else if (size < 1 || size > max) issue(`${context.value} is not between 1B and ${max / 2 ** 20}MB`);
  });

export const httpProbe = z.strictObject({
  url: httpUrl.describe('The address to ask.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: requestHeaders.optional().describe('Sent along; not to another origin that a redirect leads to.'),
  body: z.string().max(65_536).optional().describe('Sent as it is.'),
  authorization: authorization.optional(),
  tls: tls.optional(),
  redirects: z.int().min(0).max(20).default(10).describe('How many redirects to follow; 0 takes the first answer as it is.'),
  bodyLimit: bytes(64 * 2 ** 20).default('1MB').describe('Reading stops here: what is beyond is neither checked nor waited for.'),
  expect: expectation.prefault({}).describe('What makes an answer a good one. The first check that fails is the reason.'),
}); // prettier-ignore

/** A timeout that outlasts the interval would let two runs overlap. */
const timeoutWithinInterval = (context: { value: { timeout?: string | undefined; interval: string }; issues: z.core.$ZodRawIssue[] }) => {
  const { timeout, interval } = context.value;
  if (timeout === undefined || parseDuration(timeout) <= parseDuration(interval)) return;
  const message = `the timeout (${timeout}) must not be longer than the interval (${interval})`;
  context.issues.push({ code: 'custom', path: ['timeout'], message, input: timeout });
};

export const probeSpec = z
  .strictObject({
    service: serviceName.optional().describe('The service whose health this is.'),
    http: httpProbe,
    interval: durationText({ min: '1s', max: '1d' }).default('30s').describe('How often.'),
    timeout: durationText({ min: '10ms', max: '5m' })
      .optional()
      .describe("Covers everything, from the name's lookup to the body's last byte. 10s, or the interval where that is shorter."),
    labels: labels.optional().describe('Put on all series of this probe.'),
    alert: z
      .strictObject({
        severity: severity.optional().describe('Critical by default, today for a service of tier 4.'),
        failures: z.int().min(1).max(100).optional().describe('How many failures in a row it takes; 1 by default.'),
      })
      .optional()
      .describe('How its failing alerts.'),
  })
  .check(timeoutWithinInterval);

const isTarget = (text: string): boolean =>
  /^https?:\/\//.test(text)
    ? isHttpUrl(text)
    : /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(text) && URL.canParse(`http://${text}`);

const scrapeTarget = z
  .string()
  .max(2048)
  .refine(isTarget, "a target is 'host:port', such as 'db1.example:9100', or a full address such as 'http://db1.example:9100/metrics'");

const targetGroup = z.strictObject({
  targets: z.array(z.string().min(1).max(2048)).max(10_000).describe('`host:port`, or whatever `relabel` makes an address of.'),
  labels: z.record(z.string().min(1).max(512), z.string().max(8192)).optional().describe('Put on these; `__…` is for `relabel` alone.'),
});

const scrapeProtocol = z.enum([
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
]);

export const scrapeSpec = z
  .strictObject({
    service: serviceName.optional().describe('The service that the targets are part of; a label of all their series.'),
    job: z.string().min(1).max(256).optional().describe("The `job` label; the document's name by default."),
    targets: z.array(scrapeTarget).max(10_000).default([]).describe('`host:port`, or full addresses.'),
    groups: z.array(targetGroup).max(10_000).optional().describe("Targets with labels of their own, as Prometheus' `static_configs`."),
    discover: z.array(discoverySpec).max(20).optional().describe('Where to find more targets, again and again.'),
    interval: durationText({ min: '1s', max: '1d' }).default('15s').describe('How often.'),
    timeout: durationText({ min: '10ms', max: '5m' }).optional().describe('10s, or the interval where that is shorter.'),
    scheme: z.enum(['http', 'https']).default('http').describe('For targets that are no full address.'),
    path: z
      .string()
      .regex(/^\//, "a path starts with '/'")
      .max(1024)
      .default('/metrics')
      .describe('For targets that are no full address.'),
    params: z.record(z.string().max(256), oneOrMore(z.string().max(1024))).optional().describe('Query parameters, added to every address.'),
    headers: requestHeaders.optional().describe('Sent along.'),
    headerFiles: headerFiles.optional().describe('Headers whose values are in files, read anew for every scrape.'),
    authorization: scrapeAuthorization.optional().describe('Not sent to another origin that a redirect leads to.'),
    proxy: proxySpec.optional().describe('The way to the targets.'),
    bearerTokenFile: z.string().min(1).max(4096).optional().describe('A file with a token to send along, read anew for every scrape.'),
    tls: scrapeTls.optional(),
    trackTimestampsStaleness: z
      .boolean()
      .default(false)
      .describe('Mark series stale that vanish from a scrape also where they have timestamps of their own.'),
    followRedirects: z.boolean().default(true).describe('Whether to go where a redirect leads, or to call it an error.'),
    labels: labels.optional().describe('Put on all series of these targets.'),
    relabel: relabelSteps.optional().describe("Steps that rewrite or drop targets, as Prometheus' `relabel_configs`."),
    metricRelabel: relabelSteps.optional().describe("Steps that rewrite or drop series, as Prometheus' `metric_relabel_configs`."),
    extraMetrics: z
      .boolean()
      .default(false)
      .describe('Also write `scrape_timeout_seconds`, `scrape_sample_limit` and `scrape_body_size_bytes`.'),
    json: jsonSpec.optional().describe('For targets that answer JSON: where the numbers are.'),
    honorLabels: z
      .boolean()
      .default(false)
      .describe('Where a scraped label has the name of one of ours: keep theirs, rather than rename theirs to `exported_…`.'),
    honorTimestamps: z.boolean().default(true).describe("Take the target's own timestamps where it gives any."),
    scrapeProtocols: z
      .array(scrapeProtocol)
      .min(1)
      .max(5)
      .default(['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText0.0.4'])
      .describe('The formats to ask for, the preferred one first.'),
    fallbackScrapeProtocol: scrapeProtocol
      .default('PrometheusText0.0.4')
      .describe("The format of an answer whose Content-Type doesn't say, or says none of these."),
    scrapeNativeHistograms: z
      .boolean()
      .default(false)
      .describe('Ask for protobuf before the other formats, and keep native histograms, in place of their classic buckets.'),
    alwaysScrapeClassicHistograms: z.boolean().default(false).describe('Keep the classic buckets also of histograms that are native.'),
    convertClassicHistograms: z
      .boolean()
      .default(false)
      .describe('Keep classic histograms as native ones with custom boundaries, in place of their buckets, sum and count.'),
    nativeHistogramBucketLimit: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('The most buckets of a native histogram: one with more is kept at a lower resolution, and fails the scrape where none is low enough.'),
    nativeHistogramMinBucketFactor: z
      .number()
      .min(1)
      .max(65_536)
      .optional()
      .describe('By how much one bucket of a native histogram is wider than the one before, at least: a finer one is kept at a lower resolution.'),
    nameValidation: z
      .enum(['utf8', 'legacy'])
      .default('utf8')
      .describe('Which names of metrics and labels are taken: all of UTF-8, or letters, digits and `_` (in metrics `:` too); another fails the scrape.'),
    nameEscaping: z
      .enum(['allow-utf-8', 'underscores', 'dots', 'values'])
      .default('allow-utf-8')
      .describe('How a target is asked to write names that are not of letters, digits and `_`.'),
    bodyLimit: bytes(256 * 2 ** 20).default('32MB').describe('The largest answer, unpacked.'),
    compression: z.boolean().default(true).describe('Ask for packed answers.'),
    keepDroppedTargets: z
      .int()
      .min(0)
      .optional()
      .describe('The most targets that relabelling drops to remember, to show them; all by default. They are counted in any case.'),
    targetLimit: z.int().min(1).max(100_000).optional().describe('The most targets; with more, none is scraped.'),
    sampleLimit: z.int().min(1).max(1_000_000).default(100_000).describe('The most samples of one target.'),
    labelLimit: z.int().min(1).max(1_000).default(100).describe('The most labels of one series.'),
    labelNameLengthLimit: z.int().min(1).max(4_096).default(512).describe('The longest label name.'),
    labelValueLengthLimit: z.int().min(1).max(65_536).default(8_192).describe('The longest label value.'),
  })
  .refine(({ targets, groups, discover }) => targets.length > 0 || groups !== undefined || discover !== undefined, { path: ['targets'], message: "give 'targets', or 'discover' where to find them" })
  .check(timeoutWithinInterval); // prettier-ignore

export type HttpProbe = z.output<typeof httpProbe>;
export type ProbeSpec = z.output<typeof probeSpec>;
export type ScrapeSpec = z.output<typeof scrapeSpec>;
export type Authorization = z.output<typeof authorization>;
export type TlsSettings = z.output<typeof tls>;
export type HeaderExpectation = z.output<typeof headerExpectation>;

const moment = z.iso.datetime();

/** One probe and its latest result: `GET /nines/v1/probes`. Phases are in milliseconds. */
export const probeState = z.object({
  name: z.string(),
  service: z.string().nullable(),
  url: z.string(),
  intervalMs: z.number(),
  /** Null until it ran for the first time. */
  success: z.boolean().nullable(),
  /** Why it failed, in one sentence. */
  reason: z.string().nullable(),
  /** Since when it says the same. */
  since: moment.nullable(),
  at: moment.nullable(),
  durationMs: z.number().nullable(),
  status: z.number().nullable(),
  hops: z.array(
    z.object({
      url: z.string(),
      method: z.string(),
      address: z.string().nullable(),
      status: z.number().nullable(),
      location: z.string().nullable(),
      tlsVersion: z.string().nullable(),
      certificateExpiry: moment.nullable(),
      phases: z.record(z.string(), z.number()),
    }),
  ),
});
export type ProbeStateJson = z.infer<typeof probeState>;
export const probeStatesAnswer = z.object({ probes: z.array(probeState) });

/** One target: `GET /nines/v1/targets`. */
export const targetState = z.object({
  scrape: z.string(),
  job: z.string(),
  instance: z.string(),
  url: z.string(),
  labels: z.record(z.string(), z.string()),
  health: z.enum(['unknown', 'up', 'down']),
  lastScrape: moment.nullable(),
  lastDurationMs: z.number().nullable(),
  /** Exactly what was wrong. */
  lastError: z.string().nullable(),
  samples: z.number(),
  intervalMs: z.number(),
  /** Before relabelling; only where it was asked for. */
  discovered: z.record(z.string(), z.string()).optional(),
});
export type TargetStateJson = z.infer<typeof targetState>;

/** One that relabelling leaves out, or makes no address of. */
export const droppedTarget = z.object({
  scrape: z.string(),
  discovered: z.record(z.string(), z.string()),
  /** Null where relabelling dropped it on purpose. */
  problem: z.string().nullable(),
});
export type DroppedTargetJson = z.infer<typeof droppedTarget>;

const targetPool = z.object({ name: z.string(), up: z.number(), down: z.number(), unknown: z.number(), dropped: z.number() });
export type TargetPoolJson = z.infer<typeof targetPool>;

/** A file, a name or an address in which targets can't be looked up as they should; those found there before stay. */
export const discoveryProblem = z.object({ scrape: z.string(), source: z.string(), problem: z.string(), since: moment });
export type DiscoveryProblemJson = z.infer<typeof discoveryProblem>;

export const targetStatesAnswer = z.object({
  targets: z.array(targetState),
  dropped: z.array(droppedTarget),
  /** How many fit, also beyond `limit`. */
  found: z.number(),
  droppedFound: z.number(),
  /** By Scrape, whatever was asked for. */
  pools: z.array(targetPool),
  /** Of every Scrape, or of the one that was asked for. */
  problems: z.array(discoveryProblem),
});
export type TargetStatesJson = z.infer<typeof targetStatesAnswer>;

export const targetStatesQuery = z.object({
  state: z.enum(['up', 'down', 'unknown', 'dropped']).optional(),
  pool: z.string().max(256).optional().describe("A Scrape's name."),
  text: z.string().max(1_000).optional().describe('Words that all occur in the address, the labels or the error.'),
  discovered: z.stringbool().optional().describe('With the labels before relabelling.'),
  limit: z.coerce.number().int().min(0).max(100_000).optional(),
});
export type TargetStatesQuery = z.output<typeof targetStatesQuery>;
