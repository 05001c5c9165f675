import { askProvider, PROVIDER_TIMEOUT_MS } from '../../../delivery/index.ts';
import { reply, type Route, route } from '../../../platform/http/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import { answerBelow, answerByReaction } from '../../language/answer-below.ts';
import { notFromChat, objectIn, soon, type WayDeps, WAY_BODY_LIMIT } from '../way.ts';
import { slackAnswer } from './slack-answer.ts';
import { isFromSlack } from './slack-signature.ts';

export interface SlackWaySettings {
  readonly token: string;
  /** Of the Web API, without a slash at the end. */
  readonly url: string;
  readonly signingSecret: string;
}

/**
 * Slash commands, pressed buttons and mentions of the app, all at one address. Slack wants an answer within three seconds and
 * delivers events again otherwise: what takes longer is answered by the request's own address, and each is heard once.
 */
export function slackWay(settings: SlackWaySettings, deps: WayDeps): Route {
  return route({
    method: 'POST',
    path: '/nines/v1/chat/slack',
    access: 'public',
    summary: "Slack's slash commands, buttons and events, signed by Slack",
    bodyAs: 'raw',
    bodyLimit: WAY_BODY_LIMIT,
    async handler({ headers, body }) {
      const bytes = body as Buffer;
      if (!isFromSlack(headers, bytes, settings.signingSecret, deps.clock.now())) throw notFromChat('Slack');
      const text = bytes.toString('utf8');
      if (text.trimStart().startsWith('{')) return event(settings, deps, objectIn(text));
      const form = new URLSearchParams(text);
      const payload = form.get('payload');
      return payload === null ? slash(settings, deps, form) : pressed(settings, deps, objectIn(payload));
    },
  });
}

const speakerOf = (id: string, name: string) => ({ chat: 'slack' as const, id, name });

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
async function slash(settings: SlackWaySettings, deps: WayDeps, form: URLSearchParams): Promise<unknown> {
  const command = form.get('command') ?? '';
  const said = `${command.replace(/^\/nines\b/, '')} ${form.get('text') ?? ''}`.trim();
  const speaker = speakerOf(form.get('user_id') ?? '', form.get('user_name') ?? '');
  let answering: Promise<ChatAnswer> | undefined;
  const begun = new Promise<void>((resolve) => {
    deps.later('slack', async () => {
      await deps.heard.once('slack', form.get('trigger_id') ?? form.toString(), async () => {
        answering = deps.desk.hear(speaker, { text: said });
        resolve();
        await answering;
      });
      resolve();
    });
  });
  await begun;
  if (answering === undefined) return reply(200);
  const answer = await soon(deps.clock, answering);
  if (answer !== undefined) return slackAnswer(answer);
  deps.later('slack', async () => respond(settings, deps, form.get('response_url') ?? '', await answering!));
  return { response_type: 'ephemeral', text: 'One moment …' };
}

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
function pressed(settings: SlackWaySettings, deps: WayDeps, payload: Record<string, unknown>): unknown {
  const { type, user, actions, trigger_id: trigger, response_url: url } = payload as Partial<BlockActions>;
  const value = actions?.[0]?.value;
  if (type !== 'block_actions' || typeof user?.id !== 'string' || typeof value !== 'string') return reply(200);
  const speaker = speakerOf(user.id, user.username ?? '');
  // One press of one button: its own time makes two presses two.
  const key = `${trigger ?? ''} ${actions?.[0]?.action_ts ?? ''} ${user.id} ${value}`;
  deps.later('slack', async () => {
    await deps.heard.once('slack', key, async () => respond(settings, deps, url ?? '', await deps.desk.hear(speaker, { text: value })));
  });
  return reply(200);
}

interface BlockActions {
  readonly type: string;
  readonly user: { readonly id: string; readonly username?: string };
  readonly actions: readonly { readonly value?: string; readonly action_ts?: string }[];
  readonly trigger_id: string;
  readonly response_url: string;
}

/** https://docs.slack.dev/apis/events-api */
function event(settings: SlackWaySettings, deps: WayDeps, body: Record<string, unknown>): unknown {
  if (body['type'] === 'url_verification') return { challenge: String(body['challenge']).slice(0, 1_000) };
  const { event: one, event_id: id } = body as { event?: Partial<SlackEvent>; event_id?: unknown };
  const key = typeof id === 'string' ? id : JSON.stringify(one);
  if (one?.type === 'reaction_added') return reaction(settings, deps, one, key);
  const { type, user, text, channel, bot_id: bot, subtype, channel_type: kind } = one ?? {};
  const direct = type === 'message' && kind === 'im';
  // Below a page's message nobody has to call nines; whoever does is heard by the mention.
  const below = type === 'message' && !direct && typeof one?.thread_ts === 'string' && !/^\s*<@/.test(text ?? '');
  const meant =
    typeof user === 'string' && typeof text === 'string' && typeof channel === 'string' && (type === 'app_mention' || direct || below);
  // What nines itself says comes back as an event, too.
  if (!meant || bot !== undefined || subtype !== undefined) return reply(200);
  const thread = one?.thread_ts ?? (direct ? undefined : one?.ts);
  // Not the mention at its beginning, but those of others: 'escalate to @ana'.
  const said = text.replace(/^\s*<@[A-Z0-9]+(\|[^>]*)?>[,:]?\s*/, '');
  if (below && answerBelow(said) === undefined) return reply(200);
  deps.later('slack', async () => {
    const about = thread === undefined ? undefined : await deps.pageAt('slack', `${channel}:${thread}`);
    if (below && about === undefined) return;
    await deps.heard.once('slack', key, async () => {
      const answer = await deps.desk.hear(speakerOf(user, ''), { text: said, about: about ?? null });
      await post(settings, deps, answer, { channel, user, ...(thread !== undefined && { thread_ts: thread }) });
    });
  });
  return reply(200);
}

/** A reaction to a page's message answers that page (https://docs.slack.dev/reference/events/reaction_added). */
function reaction(settings: SlackWaySettings, deps: WayDeps, { user, reaction: name, item }: Partial<SlackEvent>, key: string): unknown {
  const said = typeof name === 'string' ? answerByReaction(name) : undefined;
  const { channel, ts } = item ?? {};
  if (said === undefined || typeof user !== 'string' || typeof channel !== 'string' || typeof ts !== 'string') return reply(200);
  deps.later('slack', async () => {
    const about = await deps.pageAt('slack', `${channel}:${ts}`);
    if (about === undefined) return;
    await deps.heard.once('slack', key, async () => {
      const answer = await deps.desk.hear(speakerOf(user, ''), { text: said, about });
      await post(settings, deps, answer, { channel, user, thread_ts: ts });
    });
  });
  return reply(200);
}

interface SlackEvent {
  readonly type: string;
  readonly user: string;
  readonly text: string;
  readonly channel: string;
  readonly channel_type: string;
  readonly ts: string;
  readonly thread_ts: string;
  readonly bot_id: string;
  readonly subtype: string;
  /** Of a reaction. */
  readonly reaction: string;
  readonly item: { readonly channel?: unknown; readonly ts?: unknown };
}

type Where = { readonly channel: string; readonly user: string; readonly thread_ts?: string };

async function post(settings: SlackWaySettings, deps: WayDeps, answer: ChatAnswer, { user, ...where }: Where): Promise<void> {
  const { text, blocks } = slackAnswer(answer);
  const direct = where.channel.startsWith('D');
  const method = answer.quiet && !direct ? 'chat.postEphemeral' : 'chat.postMessage';
  const body = { ...where, ...(method === 'chat.postEphemeral' && { user }), text, blocks };
  const said = await send(deps, `${settings.url}/${method}`, body, { authorization: `Bearer ${settings.token}` });
  if (said !== undefined && /"ok":\s*true/.test(said)) return;
  // A picture that Slack can't fetch takes the whole message with it.
  if (answer.pictures.length === 0) return deps.log.warn({ said }, 'Slack did not take an answer');
  const plain = slackAnswer(answer, false);
  await send(deps, `${settings.url}/${method}`, { ...body, blocks: plain['blocks'] }, { authorization: `Bearer ${settings.token}` });
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
async function respond(settings: SlackWaySettings, deps: WayDeps, url: string, answer: ChatAnswer): Promise<void> {
  if (!isSlackAddress(url, settings.url)) return deps.log.warn({}, 'a request of Slack had no address to answer at');
  const said = await send(deps, url, slackAnswer(answer));
  if (said === undefined && answer.pictures.length > 0) await send(deps, url, slackAnswer(answer, false));
}

/** Only Slack is answered, whatever a request says. */
function isSlackAddress(address: string, api: string): boolean {
  if (!URL.canParse(address)) return false;
  const { host, hostname, protocol } = new URL(address);
  return new URL(api).host === host || (protocol === 'https:' && /(^|\.)slack\.com$/.test(hostname));
}

/** The answer of Slack's server; undefined where it refused. */
async function send(deps: WayDeps, url: string, body: unknown, headers: Record<string, string> = {}): Promise<string | undefined> {
  const asked = { url, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(body) };
  const answer = await askProvider(asked, { clock: deps.clock, timeoutMs: PROVIDER_TIMEOUT_MS, signal: new AbortController().signal });
  return 'kind' in answer || answer.status >= 300 ? undefined : answer.text;
}
