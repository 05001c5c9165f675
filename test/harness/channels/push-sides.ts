/** The other sides of Web Push: a strict double, and a real push service with a phone that reads what came. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Shown } from '../../../src/delivery/channels/provider-double.ts';
import { createDevice, type DeviceKeys } from '../../../src/delivery/channels/push/push-device.ts';
import { startPushDouble } from '../../../src/delivery/channels/push/push-double.ts';
import { addSubscription, vapidKeys } from '../../../src/delivery/channels/push/push-store.ts';
import type { Sql } from '../../../src/platform/sql/index.ts';
import { freePort } from '../free-port.ts';
import { addAccount, readTopic, startNtfy } from './ntfy-server.ts';
import { ofDouble } from './other-sides.ts';
import type { OtherSide } from './terms.ts';

/** What the service worker is given. */
export type Pushed = Readonly<Partial<Record<'title' | 'body' | 'tag' | 'acknowledge' | 'url' | 'receipt', string>>>;

const shownOf = ({ title, body, acknowledge, url, tag }: Pushed): Shown => ({
  to: 'phone',
  text: `${title}\n${body}`,
  links: [acknowledge, url].filter((one) => one !== undefined),
  key: String(tag),
  answers: acknowledge === undefined ? [] : ['acknowledge'],
});

/** Of Ana. */
export const subscribe = (
  sql: Sql,
  given: { readonly endpoint: string; readonly p256dh: string; readonly auth: string; readonly label: string },
): Promise<unknown> => sql.transaction((tx) => addSubscription(tx, { person: 'ana', ...given }, 0));

/** The double, and one browser of Ana's, called `phone`. */
export async function startBrowser(sql: Sql): Promise<OtherSide> {
  const { publicKey } = await vapidKeys(sql);
  const double = await startPushDouble(() => publicKey);
  const device = double.subscribe();
  await subscribe(sql, { endpoint: device.endpoint, ...device.keys, label: 'phone' });
  const shown = () => Promise.resolve(device.got.map(({ data }) => shownOf(data)));
  return { ...(await ofDouble(Promise.resolve(double))), stranger: 'tablet', shown };
}

export interface Phone extends AsyncDisposable, Pick<DeviceKeys, 'keys'> {
  readonly endpoint: string;
  /** Whom to trust where the endpoint is https: a file. */
  readonly certificate: string;
  readonly port: number;
  /** What it was sent, decrypted. */
  got(): Promise<Pushed[]>;
}

interface Event {
  readonly event: string;
  readonly message: string;
  readonly encoding: 'base64';
}

/**
 * A phone with UnifiedPush (https://unifiedpush.org), whose push service is an ntfy: anyone may write to its topic, which nobody knows but
 * those that it subscribed with, and only the phone reads it. With `https` its endpoint is, on localhost; in the clear otherwise. With `strict`
 * it takes nothing for a phone that was not there yet, as ntfy.sh.
 */
export async function startPhone({ https = false, strict = false } = {}): Promise<Phone> {
  const tlsPort = await freePort();
  let certificate = '';
  const ntfy = await startNtfy((folder) => {
    if (!https) return { 'visitor-subscriber-rate-limiting': strict };
    const keyFile = path.join(folder, 'key.pem');
    certificate = path.join(folder, 'certificate.pem');
    spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certificate]); // prettier-ignore
    return { 'listen-https': `127.0.0.1:${tlsPort}`, 'key-file': keyFile, 'cert-file': certificate };
  });
  const { url, port } = ntfy;
  const token = addAccount(ntfy, 'phone', 'up*');
  ntfy.run('access', 'everyone', 'up*', 'write-only');
  const topic = `up${randomBytes(6).toString('hex')}`;
  const { keys, open } = createDevice();
  return {
    endpoint: `${https ? `https://localhost:${tlsPort}` : url}/${topic}?up=1`,
    keys,
    certificate,
    port,
    async got() {
      const events = await readTopic<Event>(url, topic, token);
      return events.map(({ message, encoding }) => JSON.parse(open(Buffer.from(message, encoding))) as Pushed);
    },
    [Symbol.asyncDispose]: () => ntfy[Symbol.asyncDispose](),
  };
}

/** A phone of Ana's with a push service of her own. */
export async function startSubscribedPhone(sql: Sql): Promise<OtherSide> {
  const phone = await startPhone();
  await subscribe(sql, { endpoint: phone.endpoint, ...phone.keys, label: 'phone' });
  return {
    port: phone.port,
    stranger: 'tablet',
    refused: [],
    shown: async () => (await phone.got()).map(shownOf),
    [Symbol.asyncDispose]: () => phone[Symbol.asyncDispose](),
  };
}
