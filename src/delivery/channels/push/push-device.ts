/** For tests: the keys of a browser that is subscribed, and how it reads what is pushed to it. Written from RFC 8291 and RFC 8188. */
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface DeviceKeys {
  /** What a push service is told of it, in base64url. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** What a message says. Throws where it was not encrypted for this device, or is not whole. */
  open(body: Buffer): string;
}

/** Push services take no longer ones (RFC 8030, 7.2). */
const MOST_BYTES = 4_096;
const HEADER = 86;
const LAST_RECORD = 2;

/** New keys, or these: a private key and the secret, in base64url. */
export function createDevice(known?: { readonly privateKey: string; readonly auth: string }): DeviceKeys {
  const ecdh = createECDH('prime256v1');
  if (known === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(known.privateKey, 'base64url');
  const auth = known === undefined ? randomBytes(16) : Buffer.from(known.auth, 'base64url');
  return {
    keys: { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') },
    open: (body) => decrypt(body, ecdh, auth).toString('utf8'),
  };
}

/** One record of aes128gcm (RFC 8188, 2), its key from the two parties' and the secret (RFC 8291, 3.4). */
function decrypt(body: Buffer, ecdh: ECDH, auth: Buffer): Buffer {
  const [salt, recordSize, idLength] = [body.subarray(0, 16), body.readUInt32BE(16), body[20]];
  const [sender, sealed] = [body.subarray(21, HEADER), body.subarray(HEADER)];
  if (body.length > MOST_BYTES) throw new Error(`${body.length} bytes are too many`);
  if (idLength !== sender.length || sealed.length > recordSize) throw new Error('not one record of a key of P-256');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32));
  const derived = (what: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', ikm, salt, Buffer.from(`Content-Encoding: ${what}\0`), bytes));
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== LAST_RECORD) throw new Error('the record is not the last one');
  return padded.subarray(0, end);
}
