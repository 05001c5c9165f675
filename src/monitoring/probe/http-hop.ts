/** One HTTP request on a connection of its own, each phase timed. Redirects and checks are the caller's. */
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../contract.ts';
import { summariseCertificate } from './certificate.ts';
import type { Deadline } from './deadline.ts';
import { hostPort, networkReason } from './network-reason.ts';
import type { Hop, Phase } from './probe-result.ts';
import type { HostResolver, ResolvedAddress } from './resolve-host.ts';

export interface HopRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: TlsSettings | undefined;
}

export interface HopAnswer {
  readonly response: IncomingMessage;
  readonly socket: Socket;
}

/** Fills `hop` as it goes, so that what a failure or the deadline cuts short still shows how far it came. */
export async function openHop(asked: HopRequest, hop: Hop, resolver: HostResolver, deadline: Deadline): Promise<HopAnswer> {
  const secure = asked.url.protocol === 'https:';
  const port = Number(asked.url.port) || (secure ? 443 : 80);
  const addresses = await timed(hop, 'resolve', () =>
    inPhase('resolve', deadline.race(resolver(asked.url.hostname, deadline.signal)), deadline),
  );
  const peer = hostPort(addresses[0]!.address, port);
  let socket = await timed(hop, 'connect', () =>
    connect(addresses, port, deadline).catch((error: unknown) => fail('connect', error, peer, deadline)),
  );
  try {
    hop.address = hostPort(socket.remoteAddress ?? addresses[0]!.address, port);
    if (secure) {
      const plain = socket;
      socket = await timed(hop, 'tls', () => secureSocket(plain, asked, hop, deadline));
    }
    const response = await timed(hop, 'processing', () =>
      send(asked, socket, deadline).catch((error: unknown) => fail('request', error, hop.address!, deadline)),
    );
    hop.status = response.statusCode!;
    hop.httpVersion = response.httpVersion;
    return { response, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The body up to `limit` bytes; `truncated` where there was more. */
export async function readBody(
  { response }: HopAnswer,
  limit: number,
  hop: Hop,
  deadline: Deadline,
  onBytes: (total: number) => void,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let total = 0;
  const collect = async (): Promise<boolean> => {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(total + chunk.length > limit ? chunk.subarray(0, limit - total) : chunk);
      total += chunk.length;
      onBytes(Math.min(total, limit));
      if (total > limit) return true;
    }
    return false;
  };
  const truncated = await timed(hop, 'transfer', () =>
    deadline.race(collect()).catch((error: unknown) => {
      if (deadline.signal.aborted) throw error;
      throw new Error(`transfer: the body ended early, after ${total} bytes (${networkReason(error, hop.address ?? 'the peer')})`);
    }),
  );
  return { body: Buffer.concat(chunks), truncated };
}

async function timed<T>(hop: Hop, phase: Phase, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  hop.phases[phase] = NaN;
  try {
    return await run();
  } finally {
    hop.phases[phase] = performance.now() - start;
  }
}

/** The error in words, under the name of its phase; the deadline has its own words. */
function fail(phase: string, error: unknown, peer: string, deadline: Deadline): never {
  if (deadline.signal.aborted) throw deadline.signal.reason;
  throw new Error(`${phase}: ${networkReason(error, peer)}`, { cause: error });
}

/** As `fail`, for errors that are already in words. */
const inPhase = <T>(phase: string, step: Promise<T>, deadline: Deadline): Promise<T> =>
  step.catch((error: unknown) => {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw new Error(`${phase}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });

function connect(addresses: readonly ResolvedAddress[], port: number, deadline: Deadline): Promise<Socket> {
  const several = addresses.length > 1;
  const socket = connectTcp({
    host: several ? 'resolved' : addresses[0]!.address,
    port,
    noDelay: true,
    // Several addresses: tried in turn, the next after a second without an answer (RFC 8305 would allow 250 ms).
    autoSelectFamily: several,
    autoSelectFamilyAttemptTimeout: 1_000,
    lookup: (_, __, done) =>
      done(
        null,
        addresses.map(({ address, family }) => ({ address, family })),
      ),
  });
  return settle(socket, 'connect', deadline);
}

async function secureSocket(plain: Socket, asked: HopRequest, hop: Hop, deadline: Deadline): Promise<TLSSocket> {
  const { caFile, serverName = asked.url.hostname.replace(/^\[|\]$/g, ''), insecureSkipVerify = false } = asked.tls ?? {};
  const ca = caFile === undefined ? undefined : await inPhase('tls', deadline.race(readFile(caFile, 'utf8')), deadline);
  const socket = connectTls({
    socket: plain,
    // Asked for by name even where it is an address: then only for verification, a server name must be a name.
    host: serverName,
    ...(/^[\d.]+$|:/.test(serverName) ? {} : { servername: serverName }),
    ...(ca !== undefined && { ca }),
    // Oldest versions too: `tlsVersion` says what is good enough, and the reason can name what was spoken.
    minVersion: 'TLSv1',
    ALPNProtocols: ['http/1.1'],
    // Verified just below: this way the certificate can be described also where it isn't trusted.
    rejectUnauthorized: false,
  });
  await settle(socket, 'secureConnect', deadline).catch((error: unknown) => fail('tls', error, hop.address!, deadline));
  const tlsVersion = socket.getProtocol();
  if (tlsVersion !== null) hop.tlsVersion = tlsVersion;
  const certificate = summariseCertificate(socket, serverName);
  if (certificate !== undefined) hop.certificate = certificate;
  if (!insecureSkipVerify && !socket.authorized) {
    socket.destroy();
    throw new Error(`tls: ${certificate?.problem ?? 'the peer has no certificate'}`);
  }
  return socket;
}

/** Resolves on `event`, rejects on an error, on a close before it, and when the time is up. */
async function settle<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', deadline: Deadline): Promise<S> {
  const opened = new Promise<S>((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'EPIPE' })));
    // Stays for the socket's life: an error after we are done with it must not end the process.
    socket.on('error', reject);
  });
  try {
    return await deadline.race(opened);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function send(asked: HopRequest, socket: Socket, deadline: Deadline): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(
      {
        method: asked.method,
        path: `${asked.url.pathname}${asked.url.search}`,
        headers: { host: asked.url.host, connection: 'close', ...asked.headers },
        createConnection: () => socket,
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end(asked.body);
  });
  return deadline.race(answered);
}
