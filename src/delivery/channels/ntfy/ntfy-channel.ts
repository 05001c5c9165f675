import { createHash } from 'node:crypto';
import { confirmed, type HttpDeps, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { isCall } from '../../answers/index.ts';
import { type Channel, unconfigured } from '../channel.ts';
import { cutText, inBytes, inJson, messageParts, sizeOf, type Link } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface NtfySettings {
  readonly server: string;
  readonly token?: string | undefined;
}

const UNSET = 'No ntfy server is set, so its messages wait. Set ntfy in nines.yaml: {} for ntfy.sh, or {server, token}.';
/**
 * A message of 4,096 bytes is already an attachment that nobody reads at night, or is refused where there are none; the documentation's
 * limit is one more: https://docs.ntfy.sh/publish/#limitations
 */
const MAX_BYTES = 4_095;
/** The request is refused as a whole where it is longer: twice what a message may be, for what JSON adds (transformBodyJSON in ntfy's server). */
const MAX_REQUEST = 8_192;
const MAX_TITLE = 250;
/** The buttons below a message: https://docs.ntfy.sh/publish/#action-buttons */
const MOST_ACTIONS = 3;

/**
 * Publishes to a topic of ntfy as JSON (https://docs.ntfy.sh/publish/#publish-as-json). A second copy, after a crash,
 * replaces the first where the server knows `sequence_id` (2.16).
 */
export function createNtfyChannel(settings: NtfySettings | undefined, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  if (settings === undefined) return unconfigured('ntfy', UNSET);
  return {
    name: 'ntfy',
    peer: () => `The ntfy server ${parseUrl(settings.server)?.host ?? settings.server}`,
    async send(message, signal) {
      const { title, body, links } = messageParts(message);
      const [first] = links;
      const called = isCall(message) && message.action !== undefined;
      const below = called ? links.filter(({ url }) => url !== message.action?.url) : [];
      const around = {
        topic: message.address,
        title: cutText(title, MAX_TITLE),
        message: '',
        priority: message.priority === 0 ? 5 : message.priority === 1 ? 4 : 3,
        sequence_id: createHash('sha256')
          .update(message.replaces ?? message.key)
          .digest('hex')
          .slice(0, 32),
        ...(first && { click: first.url }),
        actions: called
          ? answers(message.action)
          : links.slice(0, MOST_ACTIONS).map(({ label, url }) => ({ action: 'view', label, url, clear: true })),
      };
      const room = MAX_REQUEST - Buffer.byteLength(JSON.stringify(around));
      const content = { ...around, message: textOf(body === '' ? title : body, below, room) };
      const headers: Record<string, string> = settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` };
      const asking = { clock, timeoutMs, signal, secrets: secretsOf(message, settings.token) };
      const answer = await postJson(`${settings.server}/`, content, asking, headers);
      return confirmed(answer, judgeAnswer(answer, [401, 403]), ({ id }) => (typeof id === 'string' ? `id ${id}` : undefined));
    },
  };
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/**
 * Answered from the lock screen: the phone itself presses a button of the page behind the link, which has the others, and opens at a
 * tap on the message.
 */
const answers = ({ label, url }: Link) => [
  { action: 'http', label, url, method: 'POST', clear: true },
  { action: 'http', label: 'Snooze 30m', url, method: 'POST', headers: FORM, body: 'snooze=30m', clear: true },
  { action: 'http', label: 'Not mine', url, method: 'POST', headers: FORM, body: 'answer=not-mine', clear: true },
];

/** The links that have no button stand below the text; `room` is what it may take in JSON. */
function textOf(text: string, links: readonly Link[], room: number): string {
  const below = links.length === 0 ? '' : `\n\n${links.map(({ label, url }) => `${label}: ${url}`).join('\n')}`;
  const cut = (end: string): string =>
    cutText(cutText(text, MAX_BYTES - sizeOf(end, inBytes), inBytes), room - sizeOf(end, inJson), inJson);
  const fits = below !== '' && MAX_BYTES - sizeOf(below, inBytes) >= 200;
  return fits ? cut(below) + below : cut('');
}
