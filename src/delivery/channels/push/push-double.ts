/** For tests: a push service as RFC 8030, 8188, 8291 and 8292 have it, and a browser that is subscribed to it. It decrypts what it gets. */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { type DoubleReply, type ProviderDouble, startDouble } from '../provider-double.ts';
import { createDevice, type DeviceKeys } from './push-device.ts';

export interface Device extends Pick<DeviceKeys, 'keys'> {
  readonly endpoint: string;
  /** The messages that it got, decrypted, with what the push service was asked. */
  readonly got: { readonly data: Record<string, unknown>; readonly ttl: number; readonly urgency: string }[];
}

export interface PushDouble extends ProviderDouble {
  subscribe(): Device;
  /** As if the browser had been removed. */
  forget(device: Device): void;
}

interface Known extends Pick<DeviceKeys, 'open'> {
  readonly device: Device;
}

/** Its origin is `url`, the key that subscriptions are bound to `publicKey`. */
export async function startPushDouble(publicKey: () => string): Promise<PushDouble> {
  const devices = new Map<string, Known>();
  const double = await startDouble(
    () => ({ address: 'all', stranger: 'nobody' }),
    (request, self): DoubleReply => {
      if (self.next === 'too many') return { status: 429, headers: { 'retry-after': '30' }, body: 'slow down' };
      if (self.next === 'broken') return { status: 500, body: 'oops' };
      const known = devices.get(request.path);
      if (!known) return { status: 410, body: 'push subscription has unsubscribed or expired' };
      const problem = problemOf(request.headers, self.url, publicKey());
      if (problem !== undefined) return { status: problem.startsWith('vapid') ? 403 : 400, body: problem };
      if (request.raw.length > 4_096) return { status: 413, body: 'This message is intended for a constrained device' };
      const data = JSON.parse(known.open(request.raw)) as Record<string, unknown>;
      known.device.got.push({ data, ttl: Number(request.headers['ttl']), urgency: String(request.headers['urgency']) });
      return { status: 201, headers: { location: `${self.url}/m/${randomBytes(6).toString('hex')}` }, body: '' };
    },
  );
  return Object.assign(double, {
    subscribe(): Device {
      const { keys, open } = createDevice();
      const path = `/wpush/${randomBytes(12).toString('hex')}`;
      const device = { endpoint: `${double.url}${path}`, keys, got: [] };
      devices.set(path, { device, open });
      return device;
    },
    forget: (device: Device) => void devices.delete(new URL(device.endpoint).pathname),
  });
}

function problemOf(headers: Record<string, unknown>, origin: string, publicKey: string): string | undefined {
  if (!/^\d+$/.test(String(headers['ttl']))) return 'TTL is missing';
  if (!['very-low', 'low', 'normal', 'high'].includes(String(headers['urgency']))) return 'no urgency';
  if (headers['content-encoding'] !== 'aes128gcm') return 'unknown encoding';
  const [, token, key] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(String(headers['authorization'])) ?? [];
  if (token === undefined || key !== publicKey) return 'vapid: not the key of the subscription';
  const [head, claims, signature] = token.split('.') as [string, string, string];
  const raw = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') };
  const publicOne = createPublicKey({ key: jwk, format: 'jwk' });
  const right = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicOne, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const seconds = Date.now() / 1000;
  if (!right) return 'vapid: wrong signature';
  if (aud !== origin) return 'vapid: made for someone else';
  if (typeof exp !== 'number' || exp < seconds || exp > seconds + 86_400) return 'vapid: expires too late, or has expired';
  return typeof sub === 'string' && /^(mailto|https):/.test(sub) ? undefined : 'vapid: nobody to ask';
}
