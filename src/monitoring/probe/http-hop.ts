/** One HTTP request on a connection of its own, each phase timed. Redirects and checks are the caller's. */
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TlsSettings } from '../contract.ts';
import type { Deadline } from './deadline.ts';
import { hostPort, networkReason } from './network-reason.ts';
import { connect, fail, inPhase, secureSocket } from './open-socket.ts';
import type { Hop, Phase } from './probe-result.ts';
import type { HostResolver } from './resolve-host.ts';

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
