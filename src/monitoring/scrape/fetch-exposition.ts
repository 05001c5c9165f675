/** Gets a target's exposition: bounded in time, in bytes on the wire and in bytes unpacked. */
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { formatByteSize, parseByteSize } from '../../platform/byte-size.ts';
import { formatDuration } from '../../platform/duration.ts';
import { credentialHeaders, withoutCredentials, type Environment } from '../probe/credentials.ts';
import { startDeadline, type Deadline } from '../probe/deadline.ts';
import { networkReason } from '../probe/network-reason.ts';
import { createHostResolver, type HostResolver, type ResolvedAddress } from '../probe/resolve-host.ts';
import { unpacked } from './exposition-body.ts';
import { acceptHeader, formatOf, type ExpositionFormat } from './exposition-format.ts';
import type { Target } from './target.ts';

export interface Exposition {
  readonly body: Buffer;
  readonly format: ExpositionFormat;
}

export interface Fetcher {
  /** Rejects with an Error in words for a person. */
  fetch(target: Target, signal: AbortSignal): Promise<Exposition>;
  /** Closes kept connections. */
  close(): void;
}

export interface FetcherOptions {
  readonly resolver?: HostResolver;
  readonly environment?: Environment;
  /** Bytes that all scrapes under way may hold together. */
  readonly memoryLimit?: number;
}

const MAX_REDIRECTS = 5;
/** A connection that no scrape used for two minutes is closed: its target may be gone. */
const KEPT = { keepAlive: true, timeout: 120_000 };

/** What is under way: for the deadline's reason, and to give the bytes back. */
interface Progress {
  doing: string;
  bytes: number;
}

export function createFetcher(options: FetcherOptions = {}): Fetcher {
  const { resolver = createHostResolver(), environment = process.env, memoryLimit = 256 * 2 ** 20 } = options;
  const agents = { http: new HttpAgent(KEPT), https: new HttpsAgent(KEPT) };
  let held = 0;

  async function fetch(target: Target, outer: AbortSignal): Promise<Exposition> {
    const progress: Progress = { doing: 'while connecting', bytes: 0 };
    const reason = (): string => `timeout after ${formatDuration(target.timeoutMs)} ${progress.doing} (${progress.bytes} bytes received)`;
    const deadline = startDeadline(target.timeoutMs, reason, outer);
    try {
      const headers = requestHeaders(target, environment);
      const { bearerTokenFile } = target.spec;
      if (bearerTokenFile !== undefined) headers['authorization'] = `Bearer ${await deadline.race(tokenIn(bearerTokenFile))}`;
      const response = await follow(target, target.url, headers, deadline, progress);
      progress.doing = 'while reading';
      const body = await deadline.race(read(target, response, progress));
      return { body, format: formatOf(response.headers['content-type'] ?? '', target.spec.fallbackScrapeProtocol) };
    } finally {
      held -= progress.bytes;
      deadline.release();
    }
  }

  async function follow(target: Target, first: URL, headers: Record<string, string>, deadline: Deadline, progress: Progress) {
    let url = first;
    let sent = headers;
    for (let hops = 0; ; hops += 1) {
      progress.doing = hops === 0 ? 'while waiting for the answer' : `while waiting for the answer of ${url.href}`;
      const response = await send(target, url, sent, deadline);
      const status = response.statusCode!;
      if (status === 200) return response;
      response.destroy();
      const { location } = response.headers;
      const redirects =
        target.spec.followRedirects &&
        [301, 302, 303, 307, 308].includes(status) &&
        location !== undefined &&
        URL.canParse(location, url.href);
      if (!redirects) throw new Error(`status ${status}, expected 200`);
      const next = new URL(location, url);
      if (hops === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${next.href.slice(0, 200)}`);
      if (!/^https?:$/.test(next.protocol)) throw new Error(`it redirects to ${next.href.slice(0, 200)}, which is not http`);
      if (next.origin !== url.origin) sent = withoutCredentials(sent);
      url = next;
    }
  }

  async function send(target: Target, url: URL, headers: Record<string, string>, deadline: Deadline): Promise<IncomingMessage> {
    const { caFile, certFile, keyFile, minVersion, serverName, insecureSkipVerify = false } = target.spec.tls ?? {};
    const secure = url.protocol === 'https:';
    const pem = (file: string | undefined): Promise<string> | undefined =>
      secure && file !== undefined ? deadline.race(readFile(file, 'utf8')) : undefined;
    const [ca, cert, key] = await Promise.all([pem(caFile), pem(certFile), pem(keyFile)]);
    const settings: RequestOptions & SecureContextOptions & { servername?: string; rejectUnauthorized?: boolean } = {
      agent: secure ? agents.https : agents.http,
      headers,
      signal: deadline.signal,
      lookup: lookupWith(resolver, deadline.signal),
      ...(secure && { rejectUnauthorized: !insecureSkipVerify }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(secure && minVersion !== undefined && { minVersion }),
    };
    for (let attempt = 1; ; attempt += 1) {
      const request = secure ? httpsRequest(url, settings) : httpRequest(url, settings);
      try {
        return await deadline.race(answerOf(request));
      } catch (error) {
        request.destroy();
        if (deadline.signal.aborted) throw deadline.signal.reason;
        // A kept connection may have been closed at the same moment: that says nothing about the target.
        if (request.reusedSocket && attempt === 1) continue;
        throw new Error(networkReason(error, url.host), { cause: error });
      }
    }
  }

  async function read(target: Target, response: IncomingMessage, progress: Progress): Promise<Buffer> {
    const limit = parseByteSize(target.spec.bodyLimit);
    const encoding = response.headers['content-encoding'] ?? 'identity';
    if (!['identity', 'gzip'].includes(encoding)) throw new Error(`the body is in the encoding ${encoding}, expected gzip or none`);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of unpacked(response, encoding)) {
        chunks.push(chunk);
        progress.bytes += chunk.length;
        held += chunk.length;
        if (progress.bytes > limit) throw new Error(`the body is larger than bodyLimit (${formatByteSize(limit)})`);
        if (held > memoryLimit) throw new Error(`all scrapes under way together hold more than ${formatByteSize(memoryLimit)}`);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof Error && 'code' in error) {
        throw new Error(`the body ended early, after ${progress.bytes} bytes (${networkReason(error, target.url.host)})`, { cause: error });
      }
      throw error;
    } finally {
      // Does nothing to a connection whose answer was read to its end: that one is kept.
      response.destroy();
    }
  }

  return {
    fetch,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Throws, without its content, where it can't be a token. */
async function tokenIn(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  if (!/^[\x21-\x7e]{1,16384}$/.test(token)) throw new Error(`the file ${file} does not hold a token`);
  return token;
}

function requestHeaders(target: Target, environment: Environment): Record<string, string> {
  return {
    accept: acceptHeader(target.spec.scrapeProtocols),
    'accept-encoding': 'gzip',
    'user-agent': 'nines-scrape',
    'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000),
    ...credentialHeaders(target.spec, environment),
  };
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end();
  });
}

function lookupWith(resolver: HostResolver, signal: AbortSignal): LookupFunction {
  return (host, { all }, done) => {
    const answer = async (): Promise<void> => {
      let addresses: ResolvedAddress[];
      try {
        addresses = await resolver(host, signal);
      } catch (error) {
        done(error as Error, '');
        return;
      }
      if (all) done(null, addresses);
      else done(null, addresses[0]!.address, addresses[0]!.family);
    };
    void answer();
  };
}
