/** Connections of a probe: bounded by its deadline, failures in words. */
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../contract.ts';
import { summariseCertificate } from './certificate.ts';
import type { Deadline } from './deadline.ts';
import { networkReason } from './network-reason.ts';
import type { Hop } from './probe-result.ts';
import type { ResolvedAddress } from './resolve-host.ts';

/** A TCP connection to the first address that answers. */
export function connect(addresses: readonly ResolvedAddress[], port: number, deadline: Deadline): Promise<Socket> {
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

/** TLS on an open connection: verified, and described in `hop` whether or not it is trusted. */
export async function secureSocket(
  plain: Socket,
  asked: { url: URL; tls: TlsSettings | undefined },
  hop: Hop,
  deadline: Deadline,
): Promise<TLSSocket> {
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

/** The error in words, under the name of its phase; the deadline has its own words. */
export function fail(phase: string, error: unknown, peer: string, deadline: Deadline): never {
  if (deadline.signal.aborted) throw deadline.signal.reason;
  throw new Error(`${phase}: ${networkReason(error, peer)}`, { cause: error });
}

/** As `fail`, for errors that are already in words. */
export const inPhase = <T>(phase: string, step: Promise<T>, deadline: Deadline): Promise<T> =>
  step.catch((error: unknown) => {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw new Error(`${phase}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
