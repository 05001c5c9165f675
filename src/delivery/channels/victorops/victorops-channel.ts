import { confirmed, type HttpDeps, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, messageParts, plainText, nativeOf, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface VictorOpsSettings {
  readonly key?: string | undefined;
  /** Of the REST endpoint, without a slash at the end. */
  readonly url: string;
}

const UNSET = "No key of VictorOps (Splunk On-Call) is set, so its messages wait. Set victorops.key in nines.yaml: the REST endpoint's.";
/** https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ */
const LIMITS = { entity: 512, name: 1_024, state: 20_480 };

/** Opens an incident in VictorOps (Splunk On-Call) by its REST endpoint, and recovers it with what resolves; they have one entity. */
export function createVictorOpsChannel(settings: VictorOpsSettings, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'victorops',
    peer: () => parseUrl(settings.url)?.host ?? 'VictorOps',
    async send(message, signal): Promise<Outcome> {
      const key = message.credential ?? settings.key;
      if (key === undefined) return { kind: 'unconfigured', error: UNSET };
      const url = `${settings.url}/${encodeURIComponent(key)}/${encodeURIComponent(message.address)}`;
      const answer = await postJson(url, victorOpsAlert(message, clock.now()), {
        clock,
        timeoutMs,
        signal,
        secrets: secretsOf(message, key),
      });
      return confirmed(answer, judgeAnswer(answer, [401, 403, 404]), ({ result, entity_id: entity }) =>
        result === 'success' ? `success, ${String(entity)}` : undefined,
      );
    },
  };
}

function victorOpsAlert(message: Message, now: number): Record<string, unknown> {
  const parts = messageParts(message);
  const over = message.reason === 'resolved';
  return {
    entity_display_name: cutText(parts.title, LIMITS.name),
    state_message: plainText(parts, LIMITS.state),
    monitoring_tool: 'nines',
    timestamp: Math.floor(now / 1_000),
    ...(parts.links.length > 0 && { 'vo_annotate.u.nines': parts.links.at(-1)!.url }),
    ...(message.service && { service: message.service }),
    ...nativeOf(message),
    entity_id: cutText(`nines/${message.about ?? message.key}`, LIMITS.entity),
    message_type: over ? 'RECOVERY' : (nativeOf(message)?.['message_type'] ?? (message.priority === 0 ? 'CRITICAL' : message.priority <= 2 ? 'WARNING' : 'INFO')),
  };
} // prettier-ignore
