/**
 * The documents that tell nines what to look at: `kind: Probe` (asks an endpoint as a user would) and
 * `kind: Scrape` (collects what programs say about themselves). Durations and sizes stay the text that was
 * written. `${NAME}` in a credential or header is the environment variable of the nines process.
 */
import { z } from 'zod';
import { explainByteSize, tryParseByteSize } from '../platform/byte-size.ts';
import { durationText, parseDuration } from '../platform/duration.ts';
import { patternProblem } from './probe/pattern.ts';

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a name is 1 to 63 lowercase letters, digits and '-', such as 'checkout-api'");

const metadata = z.strictObject({
  name,
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "a label name is letters, digits and '_', such as 'env'");
const labels = z.record(
  labelName.refine((label) => !label.startsWith('__'), "label names that start with '__' are reserved"),
  z.string().max(1024),
);

const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'not a header name');
const requestHeaders = z.record(headerName, z.string().max(8192));

const authorization = z
  .strictObject({
    bearer: z.string().min(1).max(8192).optional(),
    basic: z.strictObject({ username: z.string().max(256), password: z.string().max(1024) }).optional(),
  })
  .refine(({ bearer, basic }) => (bearer === undefined) !== (basic === undefined), "give either 'bearer' or 'basic'");

const tls = z.strictObject({
  /** Accept any certificate. What it says is still recorded, and `certificateDays` still applies. */
  insecureSkipVerify: z.boolean().default(false),
  /** The name to ask for and to verify, where it isn't the URL's. */
  serverName: z.string().min(1).max(253).optional(),
  /** A PEM file of certificate authorities to trust instead of the public ones. */
  caFile: z.string().min(1).max(4096).optional(),
});

const httpUrl = z
  .string()
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  }, "write a full address such as 'https://shop.example/health', without a user name or password in it");

const pattern = z
  .string()
  .min(1)
  .max(1024)
  .check((context) => {
    const message = patternProblem(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1).max(20)]);

const statusCode = z.int().min(100).max(599);
/** `200`, `2xx` or `200-299`. */
const status = z.union([statusCode, z.string().regex(/^([1-5]xx|[1-5]\d\d(-[1-5]\d\d)?)$/, "write a status as 200, '2xx' or '200-299'")]);

const bodyExpectation = z.union([
  z.string().min(1).max(1024),
  z.strictObject({
    contains: oneOrMore(z.string().min(1).max(1024)).optional(),
    matches: oneOrMore(pattern).optional(),
    notMatches: oneOrMore(pattern).optional(),
  }),
]);

/** A text is what the header must equal. */
const headerExpectation = z.union([
  z.string().max(1024),
  z.strictObject({ equals: z.string().max(1024) }),
  z.strictObject({ matches: pattern }),
  z.strictObject({ present: z.boolean() }),
]);

const expectation = z.strictObject({
  status: oneOrMore(status).default('2xx'),
  /** A text is what the body must contain. */
  body: bodyExpectation.optional(),
  headers: z.record(headerName, headerExpectation).optional(),
  /** Fail when a certificate of the chain is within so many days of its end. */
  certificateDays: z.int().min(1).max(3650).optional(),
  /** The oldest version of TLS that is good enough. */
  tlsVersion: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional(),
});

const bytes = (max: number) =>
  z.string().check((context) => {
    const size = tryParseByteSize(context.value);
    const issue = (message: string): void => void context.issues.push({ code: 'custom', message, input: context.value });
    if (size === undefined) issue(explainByteSize(context.value));
    else if (size < 1 || size > max) issue(`a size from 1 byte to ${max / 2 ** 20}MB`);
  });

export const httpProbe = z.strictObject({
  url: httpUrl,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: requestHeaders.optional(),
  body: z.string().max(65_536).optional(),
  authorization: authorization.optional(),
  tls: tls.optional(),
  /** How many redirects to follow; 0 takes the first answer as it is. */
  redirects: z.int().min(0).max(20).default(10),
  /** Reading stops here; what is beyond is neither checked nor waited for. */
  bodyLimit: bytes(64 * 2 ** 20).default('1MB'),
  expect: expectation.prefault({}),
});

/** A timeout that outlasts the interval would let two runs overlap. */
const timeoutWithinInterval = (context: { value: { timeout?: string | undefined; interval: string }; issues: z.core.$ZodRawIssue[] }) => {
  const { timeout, interval } = context.value;
  if (timeout === undefined || parseDuration(timeout) <= parseDuration(interval)) return;
  context.issues.push({
    code: 'custom',
    path: ['timeout'],
    message: `the timeout (${timeout}) must not be longer than the interval (${interval})`,
    input: timeout,
  });
};

export const probeSpec = z
  .strictObject({
    service: name.optional(),
    http: httpProbe,
    interval: durationText({ min: '1s', max: '1d' }).default('30s'),
    /** Covers everything, from the name's lookup to the body's last byte. 10 s, or the interval where that is shorter. */
    timeout: durationText({ min: '10ms', max: '5m' }).optional(),
    labels: labels.optional(),
  })
  .check(timeoutWithinInterval);

export const scrapeTarget = z
  .string()
  .max(2048)
  .refine(
    (text) =>
      /^https?:\/\//.test(text) ? httpUrl.safeParse(text).success : /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(text),
    "a target is 'host:port', such as 'db1.example:9100', or a full address such as 'http://db1.example:9100/metrics'",
  );

export const scrapeSpec = z
  .strictObject({
    service: name.optional(),
    /** The `job` label; the document's name by default. */
    job: z.string().min(1).max(256).optional(),
    targets: z.array(scrapeTarget).min(1).max(10_000),
    interval: durationText({ min: '1s', max: '1d' }).default('15s'),
    /** 10 s, or the interval where that is shorter. */
    timeout: durationText({ min: '10ms', max: '5m' }).optional(),
    scheme: z.enum(['http', 'https']).default('http'),
    path: z.string().startsWith('/', "a path starts with '/'").max(1024).default('/metrics'),
    params: z.record(z.string().max(256), oneOrMore(z.string().max(1024))).optional(),
    headers: requestHeaders.optional(),
    authorization: authorization.optional(),
    tls: tls.optional(),
    /** Put on every series of these targets. */
    labels: labels.optional(),
    /** Where a scraped label has the name of one of ours: keep theirs, rather than rename theirs to `exported_…`. */
    honorLabels: z.boolean().default(false),
    honorTimestamps: z.boolean().default(true),
    bodyLimit: bytes(256 * 2 ** 20).default('32MB'),
    sampleLimit: z.int().min(1).max(1_000_000).default(100_000),
    labelLimit: z.int().min(1).max(1_000).default(100),
    labelNameLengthLimit: z.int().min(1).max(4_096).default(512),
    labelValueLengthLimit: z.int().min(1).max(65_536).default(8_192),
  })
  .check(timeoutWithinInterval);

export const probeDocument = z.strictObject({ apiVersion: z.literal('nines/v1'), kind: z.literal('Probe'), metadata, spec: probeSpec });
export const scrapeDocument = z.strictObject({ apiVersion: z.literal('nines/v1'), kind: z.literal('Scrape'), metadata, spec: scrapeSpec });

export type HttpProbe = z.output<typeof httpProbe>;
export type ProbeSpec = z.output<typeof probeSpec>;
export type ProbeDocument = z.output<typeof probeDocument>;
export type ScrapeSpec = z.output<typeof scrapeSpec>;
export type ScrapeDocument = z.output<typeof scrapeDocument>;
export type Authorization = z.output<typeof authorization>;
export type TlsSettings = z.output<typeof tls>;
export type HeaderExpectation = z.output<typeof headerExpectation>;
