/** Gets a target's exposition: bounded in time, in bytes on the wire and in bytes unpacked. */
import type { IncomingMessage } from 'node:http';
import { formatByteSize, parseByteSize } from '../../platform/byte-size.ts';
import { formatDuration } from '../../platform/duration.ts';
import { withoutCredentials, type Environment } from '../probe/credentials.ts';
import { startDeadline, type Deadline } from '../probe/deadline.ts';
import { networkReason } from '../probe/network-reason.ts';
import { createHostResolver, type HostResolver } from '../probe/resolve-host.ts';
import { unpacked } from './exposition-body.ts';
import { acceptHeader, formatOf, type ExpositionFormat } from './exposition-format.ts';
import { createHttpClient } from './http-client.ts';
import { createTokenSource } from './oauth2.ts';
import type { Target } from './target.ts';
import { targetHeaders } from './target-headers.ts';

export interface Exposition {
  readonly body: Buffer;
  readonly format: ExpositionFormat;
}

export class BodyLimitError extends Error {}

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

/** What is under way: for the deadline's reason, and to give the bytes back. */
interface Progress {
  doing: string;
  bytes: number;
}

export function createFetcher(options: FetcherOptions = {}): Fetcher {
  const { resolver = createHostResolver(), environment = process.env, memoryLimit = 256 * 2 ** 20 } = options;
  const client = createHttpClient(resolver, environment);
  const tokens = createTokenSource(client, environment);
  let held = 0;

  async function fetch(target: Target, outer: AbortSignal): Promise<Exposition> {
    const progress: Progress = { doing: 'while connecting', bytes: 0 };
    const reason = (): string => `timeout after ${formatDuration(target.timeoutMs)} ${progress.doing} (${progress.bytes} bytes received)`;
    const deadline = startDeadline(target.timeoutMs, reason, outer);
    try {
      const headers = { ...requestHeaders(target), ...(await targetHeaders(target, deadline, { environment, tokens })) };
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
      const response = await client.send(
        { url, headers: sent, tls: target.spec.tls, proxy: target.spec.proxy, literal: target.literal === true },
        deadline,
      );
      const status = response.statusCode!;
      if (status === 200) return response;
      response.destroy();
      // The token may have been withdrawn: the next scrape asks for another.
      const { oauth2 } = target.spec.authorization ?? {};
      if (status === 401 && oauth2 !== undefined) tokens.forget(oauth2);
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
        if (progress.bytes > limit) throw new BodyLimitError(`the body is larger than bodyLimit (${formatByteSize(limit)})`);
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
    close: () => client.close(),
  };
}

function requestHeaders(target: Target): Record<string, string> {
  return {
    accept: acceptHeader(target.spec),
    'accept-encoding': target.spec.compression ? 'gzip' : 'identity',
    'user-agent': 'nines-scrape',
    'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000),
  };
}
