import { confirmed, confirmedHook, type HttpDeps, jsonOf, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { answerButtons } from '../../answers/index.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, messageParts, nativeOf, type Message, type Measure } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface SlackSettings {
  readonly token: string;
  /** Of the Web API, without a slash at the end. */
  readonly url: string;
  /** Set: pressed buttons come back to nines. */
  readonly signingSecret?: string | undefined;
}

const UNSET = 'No Slack token is set, so messages to its channels wait. Set slack.token in nines.yaml, or give the address of an incoming webhook.'; // prettier-ignore
/** https://docs.slack.dev/reference/block-kit/blocks and /block-elements/button-element */
const LIMITS = { text: 4_000, header: 150, section: 3_000, buttons: 5, label: 75, url: 3_000 };
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
const plainText = (text: string) => ({ type: 'plain_text', text });
const SURE = {
  title: plainText('Is it over?'),
  text: plainText('The page ends for everyone who was called.'),
  confirm: plainText('Resolve'),
  deny: plainText('Not yet'),
};
/** The token, or Slack itself: someone will mend it. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const LATER = new Set([
  'invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope', 'no_permission', 'internal_error',
  'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited', 'rate_limited', 'team_access_not_granted', 'accesslimited',
  'ekm_access_denied', 'org_login_required', 'message_limit_exceeded',
]); // prettier-ignore

/** Posts to an incoming webhook where the address is one, else by chat.postMessage with the bot's token. */
export function createSlackChannel(settings: SlackSettings | undefined, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'slack',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? (settings && parseUrl(settings.url)?.host) ?? 'Slack',
    async send(message, signal): Promise<Outcome> {
      const asking = { clock, timeoutMs, signal, secrets: secretsOf(message, settings?.token) };
      const interactive = settings?.signingSecret !== undefined;
      const hook = parseUrl(message.address);
      if (hook) return confirmedHook(await postJson(hook, slackContent(message, interactive), asking));
      if (settings === undefined) return { kind: 'unconfigured', error: UNSET };
      const metadata = { event_type: 'nines_message', event_payload: { key: message.key } };
      const content = {
        ...slackContent(message, interactive),
        channel: message.address,
        unfurl_links: false,
        unfurl_media: false,
        metadata,
      };
      const headers = { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json; charset=utf-8' };
      const answer = await postJson(`${settings.url}/chat.postMessage`, content, asking, headers);
      const outcome = judgeAnswer(answer, [401, 403]);
      // Slack says 200 to what it refuses, too.
      if (outcome.kind !== 'accepted' || 'kind' in answer) return outcome;
      const { error } = jsonOf(answer.text);
      if (typeof error === 'string') return LATER.has(error) ? { kind: 'failed', error, channelDown: true } : { kind: 'refused', error };
      return confirmed(answer, outcome, ({ ok, ts, channel }) =>
        ok === true ? { answer: `ts ${String(ts)}`, ref: `${String(channel)}:${String(ts)}` } : undefined,
      );
    },
  };
}

/** `text` for notifications and old clients, blocks for everyone else; the links are buttons. */
function slackContent(message: Message, interactive: boolean): Record<string, unknown> {
  const native = nativeOf(message);
  if (native !== undefined) return native;
  const { title, body, links } = messageParts(message);
  const answers = (interactive ? answerButtons(message) : []).map(({ label, command }, i) => ({
    type: 'button',
    text: { type: 'plain_text', text: label },
    value: command,
    action_id: `answer-${i}`,
    ...(i === 0 && { style: 'primary' }),
    // It ends the page for everyone: not by a thumb that slipped.
    ...(label === 'Resolve' && { confirm: SURE }),
  }));
  const buttons = links
    .filter(({ url }) => url.length <= LIMITS.url)
    .slice(0, LIMITS.buttons)
    .map(({ label, url }, i) => ({
      type: 'button',
      text: {
        type: 'plain_text',
        text: cutText(answers.length > 0 && message.action?.url === url ? `${label} by link` : label, LIMITS.label),
      },
      url,
      action_id: `link-${i}`,
      ...(answers.length === 0 && message.action?.url === url && { style: 'primary' }),
    }));
  const section = body === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: sectionText(body), verbatim: true } }];
  return {
    text: escaped(cutText(`${title}${body === '' ? '' : `\n${body}`}`, LIMITS.text, escapedSize)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cutText(title, LIMITS.header), emoji: false } },
      ...section,
      ...(answers.length + buttons.length === 0 ? [] : [{ type: 'actions', elements: [...answers, ...buttons] }]),
    ],
  };
}

/** `Graph: https://…` becomes a link named Graph; a link is kept whole or left out. */
function sectionText(body: string): string {
  let text = '';
  for (const line of body.split('\n')) {
    const [, label, url] = /^([A-Z][\w ]{0,30}): (https?:\/\/[^\s<>|]{1,2000})$/.exec(line) ?? [];
    const next = label === undefined || url === undefined ? escaped(line) : `<${escaped(url)}|${label}>`;
    const room = LIMITS.section - text.length - 2;
    if (next.length <= room) text += `${text === '' ? '' : '\n'}${next}`;
    else return `${text}\n${label === undefined ? escaped(cutText(line, room, escapedSize)) : '…'}`.trim();
  }
  return text;
}

/** The three characters that mean something in mrkdwn's links and mentions. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const escapedSize: Measure = (character) => (character === '&' ? 5 : character === '<' || character === '>' ? 4 : character.length);
