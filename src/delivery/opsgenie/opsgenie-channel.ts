import { confirmed, type HttpDeps, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import type { Message } from '../delivery.ts';
import { cutText, messageParts, plainText } from '../message-parts.ts';
import { nativeOf } from '../native.ts';

export interface OpsgenieSettings {
  readonly key: string;
  /** Without a slash at the end: https://api.eu.opsgenie.com for Europe. */
  readonly url: string;
}

const UNSET = 'No key of Opsgenie is set, so its messages wait. Set opsgenie.key in nines.yaml.';
const API = 'https://api.opsgenie.com';
/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const LIMITS = { message: 130, alias: 512, description: 15_000, note: 25_000, entity: 512 };

/** Makes an alert in Opsgenie, and closes it with what resolves; they have one alias. */
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
      const over = message.reason === 'resolved';
      const url = `${base}/v2/alerts${over ? `/${encodeURIComponent(alias)}/close?identifierType=alias` : ''}`;
      const content = over
        ? { source: 'nines', user: 'nines', note: plainText(messageParts(message), LIMITS.note) }
        : { alias, ...opsgenieAlert(message) };
      const headers = { authorization: `GenieKey ${key}` };
      const answer = await postJson(url, content, { clock, timeoutMs, signal }, headers);
      return confirmed(answer, judgeAnswer(answer, [401, 403]), ({ requestId: id }) =>
        typeof id === 'string' ? `request ${id}` : undefined,
      );
    },
  };
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
