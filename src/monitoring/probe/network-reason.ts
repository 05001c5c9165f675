/** Words for what the network did, as a person at 3 a.m. needs them: what happened, and with whom. */

const CODES: Readonly<Record<string, (peer: string) => string>> = {
  ECONNREFUSED: (peer) => `connection refused by ${peer}`,
  ECONNRESET: (peer) => `connection reset by ${peer}`,
  EPIPE: (peer) => `connection closed by ${peer}`,
  ETIMEDOUT: (peer) => `no answer from ${peer}`,
  EHOSTUNREACH: (peer) => `no route to ${peer}`,
  ENETUNREACH: (peer) => `the network of ${peer} is unreachable`,
  EADDRNOTAVAIL: (peer) => `no local address from which to reach ${peer}`,
  EMFILE: () => 'this process has too many open files',
  HPE_HEADER_OVERFLOW: (peer) => `the headers of ${peer} are larger than 16 KiB`,
  EPROTO: (peer) => `${peer} does not speak TLS here`,
  ERR_SSL_WRONG_VERSION_NUMBER: (peer) => `${peer} does not speak TLS here`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (peer) => `${peer} does not speak TLS here`,
};

/** What can be wrong with a certificate, by OpenSSL's and Node's codes. */
export const CERTIFICATE_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in a self-signed certificate that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain is incomplete: an intermediate certificate is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate comes from an authority that is not trusted',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_REVOKED: 'the certificate is revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
};

/** What `error` means when talking to `peer` (`address:port`). Never empty. */
export function networkReason(error: unknown, peer: string): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    // Several addresses were tried: each error names its own.
    const codes = new Set(error.errors.map(codeOf));
    const peers = error.errors.map((each: unknown) => peerOf(each) ?? peer);
    if (codes.size === 1 && peers.length > 1) return networkReason(error.errors[0], [...new Set(peers)].join(' and '));
    return error.errors.map((each: unknown, i) => networkReason(each, peers[i]!)).join('; ');
  }
  const code = codeOf(error);
  const known = code === undefined ? undefined : CODES[code];
  if (known !== undefined) return known(peer);
  if (code !== undefined && Object.hasOwn(CERTIFICATE_REASONS, code)) return CERTIFICATE_REASONS[code]!;
  if (code?.startsWith('HPE_')) return `${peer} does not answer in HTTP (${messageOf(error)})`;
  return messageOf(error);
}

/** `[::1]:80`, `127.0.0.1:80`. */
export const hostPort = (address: string, port: number): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function peerOf(error: unknown): string | undefined {
  const { address, port } = (error ?? {}) as { address?: unknown; port?: unknown };
  return typeof address === 'string' && typeof port === 'number' ? hostPort(address, port) : undefined;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message === '' ? (codeOf(error) ?? 'unknown error') : message).split('\n')[0]!.slice(0, 300);
}
