import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { CERTIFICATE_REASONS } from './network-reason.ts';
import type { CertificateSummary } from './probe-result.ts';

/** What the peer presented, or undefined where it presented nothing. */
export function summariseCertificate(socket: TLSSocket, serverName: string): CertificateSummary | undefined {
  const leaf = socket.getPeerCertificate(true);
  if (!leaf?.valid_to) return undefined;
  const ends = chainOf(leaf).map(({ valid_to: end }) => Date.parse(end));
  const earliestExpiry = Math.min(...ends.filter(Number.isFinite));
  const error = socket.authorizationError as Error | string | null | undefined;
  return {
    subject: nameOf(leaf.subject),
    issuer: nameOf(leaf.issuer),
    earliestExpiry,
    problem: socket.authorized
      ? undefined
      : certificateProblem(typeof error === 'string' ? error : (error?.message ?? 'untrusted'), leaf, serverName),
  };
}

function certificateProblem(code: string, leaf: DetailedPeerCertificate, serverName: string): string {
  const words = CERTIFICATE_REASONS[code] ?? `the certificate is not trusted (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return `${words} (${isoDay(Date.parse(leaf.valid_to))})`;
  if (code === 'CERT_NOT_YET_VALID') return `${words} (from ${isoDay(Date.parse(leaf.valid_from))})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (leaf.subjectaltname ?? nameOf(leaf.subject)).replaceAll('DNS:', '').slice(0, 120);
    return `${words}: ${names}, not ${serverName}`;
  }
  return words;
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let at: DetailedPeerCertificate | undefined = leaf;
  // A root is its own issuer: stop there, and never walk further than any sane chain.
  while (at?.valid_to && !chain.includes(at) && chain.length < 20) {
    chain.push(at);
    at = at.issuerCertificate;
  }
  return chain;
}

function nameOf(subject: DetailedPeerCertificate['subject'] | undefined): string {
  const name = subject?.CN ?? subject?.O ?? '';
  return String(Array.isArray(name) ? name[0] : name).slice(0, 200);
}

export const isoDay = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : 'unknown');
