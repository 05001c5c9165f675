/** How an address is asked, in documents: headers, credentials, TLS, proxy. `${NAME}` is the environment variable of the nines process. */
import { z } from 'zod';

export const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, "a header name is letters, digits and '-', such as 'X-Tenant'"); // prettier-ignore
export const requestHeaders = z.record(headerName, z.string().max(8192));

const file = z.string().min(1).max(4096);
export const headerFiles = z.record(headerName, z.array(file).min(1).max(20));
const pem = z.string().min(1).max(1_000_000);
const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

export const tls = z.strictObject({
  insecureSkipVerify: z
    .boolean()
    .default(false)
    .describe('Accept any certificate. What it says is still recorded, and `certificateDays` still applies.'),
  serverName: z.string().min(1).max(253).optional().describe("The name to ask for and to verify, where it isn't the address's."),
  caFile: file.optional().describe('A PEM file of certificate authorities to trust instead of the public ones.'),
});

export const scrapeTls = tls.extend({
  ca: pem.optional().describe('Certificate authorities in PEM, in place of `caFile`.'),
  certFile: file.optional().describe('A PEM file with the certificate to show, with `keyFile`.'),
  cert: pem.optional().describe('A certificate in PEM, in place of `certFile`.'),
  keyFile: file.optional().describe("A PEM file with that certificate's key."),
  key: pem.optional().describe('A key in PEM, in place of `keyFile`; best as `${NAME}`.'),
  minVersion: version.optional().describe('The oldest version of TLS to speak.'),
  maxVersion: version.optional().describe('The newest version of TLS to speak.'),
});

const proxyUrl = z
  .string()
  .max(2048)
  .check((context) => {
    const { value } = context;
    if (/^\$\{\w+\}$/.test(value) || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))) return;
    context.issues.push({ code: 'custom', message: 'write the address of an http or https proxy', input: undefined });
  });

export const proxySpec = z
  .strictObject({
    url: proxyUrl.optional().describe('`http://proxy.example:3128`; a user name and a password in it are sent to the proxy.'),
    fromEnvironment: z.boolean().default(false).describe('Take `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment.'),
    noProxy: z
      .string()
      .max(8192)
      .optional()
      .describe('Hosts, `.domains`, addresses and networks (`10.0.0.0/8`) to ask without the proxy of `url`, with commas between.'),
    connectHeaders: z
      .record(headerName, z.union([z.string().max(8192), z.array(z.string().max(8192)).max(20)]))
      .optional()
      .describe('Sent to the proxy when a tunnel is asked for.'),
  })
  .refine(({ url, fromEnvironment }) => (url !== undefined) !== fromEnvironment, "give either 'url' or 'fromEnvironment'")
  .refine(({ url, noProxy }) => noProxy === undefined || url !== undefined, { path: ['noProxy'], message: "'noProxy' goes with 'url'; of the environment it is NO_PROXY" }); // prettier-ignore

const oauth2 = z
  .strictObject({
    clientId: z.string().min(1).max(1024),
    clientSecret: z.string().max(8192).optional().describe('Best as `${NAME}`.'),
    clientSecretFile: file.optional().describe('A file with the secret, read for every token.'),
    tokenUrl: z
      .string()
      .max(2048)
      .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'write a full address')
      .describe('Where tokens are given.'),
    scopes: z.array(z.string().min(1).max(1024)).max(100).default([]),
    params: z.record(z.string().min(1).max(256), z.string().max(8192)).optional().describe('More fields of the request for a token.'),
    tls: scrapeTls.optional().describe('Of the address where tokens are given.'),
    proxy: proxySpec.optional().describe('The way to that address.'),
  })
  .refine((given) => given.clientSecret === undefined || given.clientSecretFile === undefined, "give either 'clientSecret' or 'clientSecretFile'"); // prettier-ignore

const basic = z
  .strictObject({
    username: z.string().max(256).optional(),
    usernameFile: file.optional().describe('A file with the user name, read for every scrape.'),
    password: z.string().max(1024).optional(),
    passwordFile: file.optional().describe('A file with the password, read for every scrape.'),
  })
  .refine(({ username, usernameFile }) => username === undefined || usernameFile === undefined, "give either 'username' or 'usernameFile'") // prettier-ignore
  .refine(({ password, passwordFile }) => password === undefined || passwordFile === undefined, "give either 'password' or 'passwordFile'"); // prettier-ignore

const KINDS = ['bearer', 'basic', 'credentials', 'credentialsFile', 'oauth2'] as const;

export const scrapeAuthorization = z
  .strictObject({
    bearer: z.string().min(1).max(8192).optional().describe('A token, best as `${NAME}`.'),
    basic: basic.optional().describe('A user name and a password, best as `${NAME}` or in files.'),
    type: z
      .string()
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'a type is one word, such as Bearer')
      .optional()
      .describe('Of `credentials`; Bearer by default.'),
    credentials: z.string().min(1).max(16_384).optional().describe('Sent after `type`, best as `${NAME}`.'),
    credentialsFile: file.optional().describe('A file with the credentials, read for every scrape.'),
    oauth2: oauth2.optional().describe("OAuth 2.0's client credentials: a token is asked for, kept while it is valid, and sent."),
  })
  .refine((given) => KINDS.filter((kind) => given[kind] !== undefined).length === 1, `give one of ${KINDS.join(', ')}`)
  .refine(({ type, credentials, credentialsFile }) => type === undefined || (credentials ?? credentialsFile) !== undefined, { path: ['type'], message: "'type' goes with 'credentials' or 'credentialsFile'" }); // prettier-ignore

export type ScrapeTls = z.output<typeof scrapeTls>;
export type ProxySpec = z.output<typeof proxySpec>;
export type OAuth2Spec = z.output<typeof oauth2>;
export type ScrapeAuthorization = z.output<typeof scrapeAuthorization>;
