import { confirmed, type HttpDeps, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { inBytes, messageParts, plainText, nativeOf, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface WebexSettings {
  readonly token?: string | undefined;
  /** Of the API, without a slash at the end. */
  readonly url: string;
}

const UNSET = 'No bot of Webex is set, so its messages wait. Set webex.token in nines.yaml.';
/** https://developer.webex.com/docs/api/v1/messages/create-a-message: bytes of a message before encryption. */
const MAX_BYTES = 7_439;

/** Sends to a room (its id) or a person (an e-mail address) as a bot of Webex: plain text, so that nothing is taken for markup. */
export function createWebexChannel(settings: WebexSettings, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'webex',
    peer: () => parseUrl(settings.url)?.host ?? 'Webex',
    async send(message, signal): Promise<Outcome> {
      const token = message.credential ?? settings.token;
      if (token === undefined) return { kind: 'unconfigured', error: UNSET };
      const headers = { authorization: `Bearer ${token}` };
      const answer = await postJson(
        `${settings.url}/v1/messages`,
        webexMessage(message),
        { clock, timeoutMs, signal, secrets: secretsOf(message, token) },
        headers,
      );
      return confirmed(answer, judgeAnswer(answer, [401, 403]), ({ id }) => (typeof id === 'string' ? `message ${id}` : undefined));
    },
  };
}

function webexMessage(message: Message): Record<string, unknown> {
  const to = message.address.includes('@') ? { toPersonEmail: message.address } : { roomId: message.address };
  return { ...to, ...(nativeOf(message) ?? { text: plainText(messageParts(message), MAX_BYTES, inBytes) }) };
}
