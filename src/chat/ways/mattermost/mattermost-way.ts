import { askProvider, PROVIDER_TIMEOUT_MS, signCommand } from '../../../delivery/index.ts';
import { reply, type Route, route } from '../../../platform/http/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import { notFromChat, objectIn, same, soon, type WayDeps, WAY_BODY_LIMIT } from '../way.ts';

export interface MattermostWaySettings {
  readonly tokens: readonly string[];
  /** The server, without a slash at the end: answers that take longer go there. */
  readonly url?: string | undefined;
}

const PATH = '/nines/v1/chat/mattermost';
const MAX_TEXT = 16_383;

/**
 * Slash commands and outgoing webhooks, which show their token, and pressed buttons, which show what nines signed when it made them:
 * Mattermost signs nothing (https://developers.mattermost.com/integrate/slash-commands/custom/).
 */
export function mattermostWay(settings: MattermostWaySettings, deps: WayDeps, ownUrl: string): Route {
  const dress = (answer: ChatAnswer) => mattermostAnswer(answer, ownUrl, settings.tokens[0]!);
  return route({
    method: 'POST',
    path: PATH,
    access: 'public',
    summary: "Mattermost's slash commands, outgoing webhooks and buttons",
    bodyAs: 'raw',
    bodyLimit: WAY_BODY_LIMIT,
    async handler({ body }) {
      const text = (body as Buffer).toString('utf8');
      const given = text.trimStart().startsWith('{') ? objectIn(text) : Object.fromEntries(new URLSearchParams(text));
      if (typeof given['context'] === 'object' && given['context'] !== null) return pressed(settings, deps, given, dress);
      const token = string(given['token']);
      // Each is looked at: how long it takes says nothing.
      if (settings.tokens.map((right) => same(token, right)).every((right) => !right)) throw notFromChat('Mattermost');
      return said(settings, deps, given, dress);
    },
  });
}

type Given = Readonly<Record<string, unknown>>;
type Dress = (answer: ChatAnswer) => Record<string, unknown>;

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const speakerOf = (given: Given) => {
  const name = string(given['user_name']);
  return { chat: 'mattermost' as const, id: string(given['user_id']), name, ...(name !== '' && { also: [name] }) };
};

async function said(settings: MattermostWaySettings, deps: WayDeps, given: Given, dress: Dress): Promise<unknown> {
  const command = string(given['command']);
  const trigger = string(given['trigger_word']);
  const text = string(given['text']);
  const words = command === '' ? text.slice(trigger !== '' && text.startsWith(trigger) && !trigger.startsWith('!') ? trigger.length : 0) : `${command.replace(/^\/nines\b/, '')} ${text}`;
  const once = string(given['trigger_id']) || string(given['post_id']);
  let answering: Promise<ChatAnswer> | undefined;
  const hear = async (): Promise<void> => {
    answering = deps.desk.hear(speakerOf(given), { text: words.trim() });
    await Promise.resolve();
  };
  const first = once === '' ? (await hear(), true) : await deps.heard.once('mattermost', once, hear);
  if (!first || answering === undefined) return reply(200);
  const answer = await soon(deps.clock, answering);
  if (answer !== undefined) return dress(answer);
  deps.later('mattermost', async () => respond(settings, deps, string(given['response_url']), dress(await answering!)));
  return { response_type: 'ephemeral', text: 'One moment …' };
} // prettier-ignore

/** https://developers.mattermost.com/integrate/plugins/interactive-messages/ */
async function pressed(settings: MattermostWaySettings, deps: WayDeps, given: Given, dress: Dress): Promise<unknown> {
  const { command, signature } = given['context'] as Given;
  const right = signCommand(string(command), settings.tokens[0]!);
  if (!same(string(signature), right)) throw notFromChat('Mattermost');
  const key = string(given['trigger_id']) || `${string(given['post_id'])} ${string(given['user_id'])} ${string(command)}`;
  let answer: ChatAnswer | undefined;
  await deps.heard.once('mattermost', key, async () => {
    answer = await deps.desk.hear(speakerOf(given), { text: string(command) });
  });
  if (answer === undefined) return { skip_slack_parsing: true };
  // What is pressed is answered to whoever pressed; the page's own news tell the others.
  return { ephemeral_text: string(dress(answer)['text']) };
}

/** Markdown without mentions; pictures by their address, which the server fetches. */
function mattermostAnswer({ text, quiet, pictures, buttons }: ChatAnswer, ownUrl: string, token: string): Record<string, unknown> {
  const actions = buttons.map(({ label, command }, i) => ({
    id: `say${i}`,
    name: label,
    type: 'button',
    integration: { url: `${ownUrl}${PATH}`, context: { command, signature: signCommand(command, token) } },
  }));
  const images = pictures.map(({ title, page, image }) => ({ fallback: title, title, title_link: page, image_url: image }));
  return {
    response_type: quiet ? 'ephemeral' : 'in_channel',
    username: 'nines',
    text: plain(text).slice(0, MAX_TEXT),
    attachments: [...images, ...(actions.length === 0 ? [] : [{ fallback: '', actions }])],
  };
}

/** What means something in Markdown or calls people stands as it is; addresses stay whole. */
function plain(text: string): string {
  const words = text.split(/(https?:\/\/\S+)/);
  const escaped = words.map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[\\`*_~[\]|<>#]/g, '\\$&').replaceAll('@', '@\u200b')));
  return escaped.join('').replaceAll('\n', '  \n');
}

async function respond(settings: MattermostWaySettings, deps: WayDeps, url: string, body: unknown): Promise<void> {
  const own = settings.url !== undefined && URL.canParse(url) && new URL(url).host === new URL(settings.url).host;
  if (!own) return deps.log.warn({}, 'an answer to Mattermost took too long, and mattermost.url does not say where it may go');
  const asked = { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  await askProvider(asked, { clock: deps.clock, timeoutMs: PROVIDER_TIMEOUT_MS, signal: new AbortController().signal });
}
