/** Where the targets of a Scrape are found, besides those that it lists. */
import { z } from 'zod';
import { durationText } from '../../platform/duration.ts';
import { headerFiles, proxySpec, requestHeaders, scrapeAuthorization, scrapeTls } from './client-spec.ts';

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const dns = z
  .strictObject({
    names: z.array(z.string().min(1).max(253)).min(1).max(100).describe('The names to ask for.'),
    type: z.enum(['SRV', 'A', 'AAAA', 'MX', 'NS']).default('SRV'),
    port: z.int().min(1).max(65_535).optional().describe('Of the targets; an SRV record has its own.'),
    servers: z.array(z.string().min(1).max(100)).max(10).optional().describe("Name servers as `address:port`; the system's by default."),
  })
  .refine(({ type, port }) => type === 'SRV' || port !== undefined, "give a 'port': only SRV records have one");

export const discoverySpec = z
  .strictObject({
    files: z
      .array(z.string().min(1).max(4_096))
      .min(1)
      .max(100)
      .optional()
      .describe("JSON or YAML files with Prometheus' target groups; `*` stands for anything in a file's name."),
    http: z
      .string()
      .max(2_048)
      .refine(isHttpUrl, 'write a full address')
      .optional()
      .describe('An address that answers target groups as JSON.'),
    dns: dns.optional().describe('Names that resolve to the targets.'),
    headers: requestHeaders.optional().describe('Sent to the address of `http`.'),
    headerFiles: headerFiles.optional().describe('Headers for the address of `http` whose values are in files.'),
    authorization: scrapeAuthorization.optional().describe("For the address of `http`; those of the targets aren't sent there."),
    tls: scrapeTls.optional().describe("For the address of `http`; the scrape's by default."),
    proxy: proxySpec.optional().describe("The way to the address of `http`; the scrape's by default."),
    refreshInterval: durationText({ min: '1s', max: '1d' }).default('30s').describe('How often to look.'),
  })
  .refine(
    ({ files, http, dns: names }) => [files, http, names].filter((one) => one !== undefined).length === 1,
    "give one of 'files', 'http' and 'dns'",
  )
  .refine(
    ({ http, headers, headerFiles: files, authorization, tls, proxy }) =>
      http !== undefined || (headers ?? files ?? authorization ?? tls ?? proxy) === undefined,
    "'headers', 'headerFiles', 'authorization', 'tls' and 'proxy' go with 'http'",
  );

export type DiscoverySpec = z.output<typeof discoverySpec>;
