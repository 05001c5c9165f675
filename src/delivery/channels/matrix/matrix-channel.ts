import { createHash } from 'node:crypto';
import {
  type Answer,
  askProvider,
  type Asking,
  confirmed,
  type HttpDeps,
  jsonOf,
  judgeAnswer,
  parseUrl,
  PROVIDER_TIMEOUT_MS,
} from '../ask-provider.ts';
import { type Channel, type Outcome, unconfigured } from '../channel.ts';
import { cutText, inBytes, messageParts, plainText, type Message } from '../../messages/index.ts';
import { escapeHtml, textHtml } from '../email/mail-html.ts';
import { secretsOf } from '../secrets.ts';
import { withinTime } from '../time-limit.ts';

export interface MatrixSettings {
  readonly homeserver: string;
  readonly token: string;
}

const UNSET = 'No Matrix account is set, so its messages wait. Set matrix.homeserver and matrix.token in nines.yaml.';
/** An event may have 65,536 bytes as JSON; the text is in it twice, once as HTML, whose escapes need room. */
const MAX_TEXT = 8_000;

type Failed = Extract<Outcome, { kind: 'failed' }>;
type Ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<Answer | Failed>;

/**
 * Sends to a room by the client-server API (https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room).
 * The transaction id is made of the message's key: the homeserver takes a second copy for the first.
 */
export function createMatrixChannel(settings: MatrixSettings | undefined, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  if (settings === undefined) return unconfigured('matrix', UNSET);
  return {
    name: 'matrix',
    peer: () => `The homeserver ${parseUrl(settings.homeserver)?.host ?? settings.homeserver}`,
    async send(message, signal): Promise<Outcome> {
      // Looking up, joining and sending share the time of one message.
      return withinTime(signal, timeoutMs * 1.5, (limit) =>
        post(asker(settings, { clock, timeoutMs, signal: limit, secrets: secretsOf(message, settings.token) }), message),
      );
    },
  };
}

async function post(ask: Ask, message: Message): Promise<Outcome> {
  const room = message.address.startsWith('#') ? await findRoom(ask, message.address) : message.address;
  if (typeof room !== 'string') return room;
  const path = `rooms/${encodeURIComponent(room)}/send/m.room.message/${transaction(message.key)}`;
  const content = matrixContent(message);
  const answer = await ask('PUT', path, content);
  if ('kind' in answer || answer.status !== 403) return sent(answer);
  // Invited but not there yet, or a room that anyone may enter.
  const joined = await ask('POST', `join/${encodeURIComponent(room)}`, {});
  if ('kind' in joined || joined.status !== 200) return judge(answer);
  return sent(await ask('PUT', path, content));
}

function asker({ homeserver, token }: MatrixSettings, asking: Asking): Ask {
  return (method, path, body) =>
    askProvider(
      {
        url: `${homeserver}/_matrix/client/v3/${path}`,
        method,
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      asking,
    );
}

async function findRoom(ask: Ask, alias: string): Promise<string | Outcome> {
  const answer = await ask('GET', `directory/room/${encodeURIComponent(alias)}`);
  const outcome = judge(answer);
  if (outcome.kind !== 'accepted' || 'kind' in answer) return outcome;
  const { room_id: room } = jsonOf(answer.text);
  return typeof room === 'string' ? room : { kind: 'failed', error: `no room in the answer: ${answer.said}`, channelDown: true };
}

function judge(answer: Answer | Failed): Outcome {
  const outcome = judgeAnswer(answer, [401]);
  if ('kind' in answer) return answer;
  const { retry_after_ms: wait } = jsonOf(answer.text);
  return outcome.kind === 'failed' && typeof wait === 'number' && wait >= 0 ? { retryAfterMs: wait, ...outcome } : outcome;
}

const sent = (answer: Answer | Failed): Outcome =>
  confirmed(answer, judge(answer), ({ event_id: event }) => (typeof event === 'string' ? { answer: event, ref: event } : undefined));

function matrixContent(message: Message): Record<string, unknown> {
  const parts = messageParts(message);
  const links = parts.links.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`);
  const html = [`<h4>${escapeHtml(parts.title)}</h4>`, textHtml(cutText(parts.body, MAX_TEXT, inBytes)), links.join(' · ')];
  return {
    msgtype: 'm.text',
    body: plainText(parts, MAX_TEXT, inBytes),
    format: 'org.matrix.custom.html',
    formatted_body: html.filter((part) => part !== '').join('\n'),
  };
}

const transaction = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
