import {
  type Answer,
  askProvider,
  type Asking,
  confirmed,
  type HttpDeps,
  judgeAnswer,
  parseUrl,
  PROVIDER_TIMEOUT_MS,
} from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, messageParts, plainText, nativeOf, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface OpsgenieSettings {
  readonly key: string;
  /** Without a slash at the end: https://api.eu.opsgenie.com for Europe. */
  readonly url: string;
}

const UNSET = 'No key of Opsgenie is set, so its messages wait. Set opsgenie.key in nines.yaml.';
const API = 'https://api.opsgenie.com';
/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const LIMITS = { message: 130, alias: 512, description: 15_000, note: 25_000, entity: 512 };

/** Makes an alert in Opsgenie, and closes it with what resolves; they have one alias. With `data.update` the one that is there is said anew. */
export function createOpsgenieChannel(
  settings: OpsgenieSettings | undefined,
  { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps,
): Channel {
  const base = settings?.url ?? API;
  return {
    name: 'opsgenie',
    peer: () => parseUrl(base)?.host ?? 'Opsgenie',
    async send(message, signal): Promise<Outcome> {
      const key = message.credential ?? settings?.key;
      if (key === undefined) return { kind: 'unconfigured', error: UNSET };
      const alias = cutText(`nines/${message.about ?? message.key}`, LIMITS.alias);
      const asking = { clock, timeoutMs, signal, secrets: secretsOf(message, key) };
      const [first, ...more] = requestsOf(message, alias);
      const outcome = await ask({ base, key }, first, asking);
      for (const request of outcome.kind === 'accepted' ? more : []) {
        const then = await ask({ base, key }, request, asking);
        // Told again, the alert is the same one by its alias.
        if (then.kind !== 'accepted') return then;
      }
      return outcome;
    },
  };
}

interface Request {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly content: Record<string, unknown>;
}

async function ask({ base, key }: { base: string; key: string }, { method, path, content }: Request, asking: Asking): Promise<Outcome> {
  const headers = { 'content-type': 'application/json', authorization: `GenieKey ${key}` };
  const answer: Answer | Extract<Outcome, { kind: 'failed' }> = await askProvider({ url: `${base}${path}`, method, headers, body: JSON.stringify(content) }, asking);
  return confirmed(answer, judgeAnswer(answer, [401, 403]), ({ requestId: id }) => (typeof id === 'string' ? `request ${id}` : undefined));
} // prettier-ignore

/** What to ask, in order. An alert that is there is not changed by one more of its alias: its message and description are. */
function requestsOf(message: Message, alias: string): [Request, ...Request[]] {
  const known = (what: string): string => `/v2/alerts/${encodeURIComponent(alias)}/${what}?identifierType=alias`;
  const note = plainText(messageParts(message), LIMITS.note);
  if (message.reason === 'resolved') return [{ method: 'POST', path: known('close'), content: { source: 'nines', user: 'nines', note } }];
  const alert = opsgenieAlert(message);
  const made: Request = { method: 'POST', path: '/v2/alerts', content: { alias, ...alert } };
  if (message.data?.['update'] !== true) return [made];
  return [
    made,
    { method: 'PUT', path: known('message'), content: { message: alert['message'] } },
    { method: 'PUT', path: known('description'), content: { description: alert['description'] } },
  ];
}

function opsgenieAlert(message: Message): Record<string, unknown> {
  const parts = messageParts(message);
  return {
    message: cutText(parts.title, LIMITS.message),
    description: plainText(parts, LIMITS.description),
    responders: [responder(message.address)],
    source: 'nines',
    priority: message.priority === 0 ? 'P1' : message.priority <= 2 ? 'P2' : 'P4',
    ...(message.service && { entity: cutText(message.service, LIMITS.entity) }),
    details: { key: message.key, ...Object.fromEntries(parts.links.map(({ label, url }) => [label, url])) },
    ...nativeOf(message),
  };
}

/** `user:ana@example.org` is known by its name, all others too. */
function responder(address: string): Record<string, string> {
  const [, type = 'team', name = address] = /^(team|user|escalation|schedule):(.+)$/.exec(address) ?? [];
  return type === 'user' ? { type, username: name } : { type, name };
}
