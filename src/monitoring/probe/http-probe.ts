/**
 * Asks an endpoint as a user would and says whether the answer is what was expected. Never hangs and never
 * rejects: one deadline covers everything from the name's lookup to the body's last byte.
 */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { parseByteSize } from '../../platform/byte-size.ts';
import { formatDuration, parseDuration } from '../../platform/duration.ts';
import type { ProbeSpec } from '../contract.ts';
import { credentialHeaders, type Environment } from './credentials.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import { openHop, readBody, type HopAnswer, type HopRequest } from './http-hop.ts';
import { checkAnswer, type CheckFailure } from './probe-checks.ts';
import { PHASES, type Hop, type Phase, type ProbeResult } from './probe-result.ts';
import { redirectOf } from './redirect.ts';
import { createHostResolver, type HostResolver } from './resolve-host.ts';

export interface Probe {
  readonly name: string;
  readonly spec: ProbeSpec;
}

export interface ProbeOptions {
  /** Milliseconds since the epoch: the result's time, and what certificates are measured against. */
  readonly now: number;
  readonly signal?: AbortSignal;
  readonly resolver?: HostResolver;
  /** Where `${NAME}` of credentials and headers comes from. */
  readonly environment?: Environment;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const systemResolver = createHostResolver();

export const probeTimeoutMs = ({ timeout, interval }: Pick<ProbeSpec, 'timeout' | 'interval'>): number =>
  timeout === undefined ? Math.min(DEFAULT_TIMEOUT_MS, parseDuration(interval)) : parseDuration(timeout);

/** What is known so far; the deadline's reason is made from it. */
interface Progress {
  readonly hops: Hop[];
  contentLength: number | undefined;
  bodyBytes: number;
  truncated: boolean;
}

export async function probeHttp(probe: Probe, options: ProbeOptions): Promise<ProbeResult> {
  const start = performance.now();
  const timeoutMs = probeTimeoutMs(probe.spec);
  const progress: Progress = { hops: [], contentLength: undefined, bodyBytes: 0, truncated: false };
  const deadline = startDeadline(timeoutMs, () => `timeout after ${formatDuration(timeoutMs)} ${whereItIs(progress)}`, options.signal);
  let failure: CheckFailure | undefined;
  try {
    failure = await follow(probe.spec, progress, deadline, options);
  } catch (error) {
    failure = { reason: error instanceof Error ? error.message : String(error), byPattern: false };
  } finally {
    deadline.release();
  }
  return {
    probe: probe.name,
    service: probe.spec.service,
    url: probe.spec.http.url,
    at: options.now,
    success: failure === undefined,
    reason: failure?.reason,
    failedByPattern: failure?.byPattern ?? false,
    durationMs: performance.now() - start,
    status: progress.hops.at(-1)?.status,
    ...progress,
  };
}

/** Request by request to the answer that counts, and its checks. */
async function follow(spec: ProbeSpec, progress: Progress, deadline: Deadline, options: ProbeOptions): Promise<CheckFailure | undefined> {
  const { http } = spec;
  const headers = { 'user-agent': 'nines-probe', accept: '*/*', 'accept-encoding': 'identity' };
  let asked: HopRequest = {
    url: new URL(http.url),
    method: http.method,
    headers: { ...headers, ...credentialHeaders(http, options.environment ?? process.env) },
    body: http.body,
    tls: http.tls,
  };
  for (;;) {
    const hop: Hop = { url: asked.url.href, method: asked.method, phases: {} };
    progress.hops.push(hop);
    const answer = await openHop(asked, hop, options.resolver ?? systemResolver, deadline);
    try {
      const next = redirectOf(asked, answer, hop);
      if (next === undefined || http.redirects === 0) return await judge(spec, answer, progress, deadline, options.now);
      if (progress.hops.length > http.redirects)
        throw new Error(`redirect: more than ${http.redirects} redirects, the last to ${hop.location}`);
      asked = next;
    } finally {
      answer.socket.destroy();
    }
  }
}

async function judge(spec: ProbeSpec, answer: HopAnswer, progress: Progress, deadline: Deadline, now: number) {
  const { bodyLimit, expect } = spec.http;
  const { headers } = answer.response;
  const hop = progress.hops.at(-1)!;
  const limit = parseByteSize(bodyLimit);
  progress.contentLength = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const { body, truncated } = await readBody(answer, limit, hop, deadline, (total) => void (progress.bodyBytes = total));
  progress.truncated = truncated;
  const text = expect.body === undefined ? '' : decode(body, headers['content-encoding'], limit).toString('utf8');
  return checkAnswer(expect, { hop, headers, body: text, truncated, bodyLimit }, now);
}

/** We ask for `identity`; some servers compress all the same. */
function decode(body: Buffer, encoding: string | undefined, limit: number): Buffer {
  const options = { maxOutputLength: limit };
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body, options);
    if (encoding === 'br') return brotliDecompressSync(body, options);
    if (encoding === 'deflate') return inflateSync(body, options);
    return body;
  } catch {
    throw new Error(`transfer: the body is not valid ${encoding}, or larger than bodyLimit when unpacked`);
  }
}

const WAITING: Readonly<Record<Phase, string>> = {
  resolve: 'while looking up the name',
  connect: 'while connecting',
  tls: 'during the TLS handshake',
  processing: 'while waiting for the answer',
  transfer: 'while reading the body',
};

function whereItIs({ hops, bodyBytes }: Progress): string {
  const hop = hops.at(-1);
  if (hop === undefined) return 'before it started';
  const phase = PHASES.findLast((phase) => phase in hop.phases) ?? 'resolve';
  const received = phase === 'transfer' ? ` (${bodyBytes} bytes received)` : '';
  return `${WAITING[phase]} of ${hop.url}${received}`.slice(0, 300);
}
