import { createPublicKey, verify } from 'node:crypto';
import { askProvider, PROVIDER_TIMEOUT_MS } from '../../../delivery/index.ts';
import { type Route, route } from '../../../platform/http/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import { FRESH_SECONDS, headerOf, notFromChat, objectIn, soon, type WayDeps, WAY_BODY_LIMIT, wordIn } from '../way.ts';

export interface DiscordWaySettings {
  /** The application's, in hexadecimal digits. */
  readonly publicKey: string;
  /** The API, without a slash at the end. */
  readonly url: string;
}

/** https://discord.com/developers/docs/interactions/receiving-and-responding */
const TYPE = { ping: 1, command: 2, component: 3 };
const RESPONSE = { pong: 1, message: 4, deferred: 5 };
const QUIET = 1 << 6;
const LIMITS = { content: 2_000, customId: 100, label: 80 };
/** An Ed25519 key as DER says what it is first (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The interactions endpoint: each request is signed with the application's key; Discord tries wrong signatures on purpose. */
export function discordWay(settings: DiscordWaySettings, deps: WayDeps): Route {
  const key = createPublicKey({ key: Buffer.concat([DER_PREFIX, Buffer.from(settings.publicKey, 'hex')]), format: 'der', type: 'spki' });
  const isFromDiscord = (stamp: string, signature: string, body: Buffer): boolean =>
    /^\d{1,12}$/.test(stamp) &&
    /^[0-9a-f]{128}$/.test(signature) &&
    Math.abs(deps.clock.now() / 1000 - Number(stamp)) <= FRESH_SECONDS &&
    verify(null, Buffer.concat([Buffer.from(stamp), body]), key, Buffer.from(signature, 'hex'));
  return route({
    method: 'POST',
    path: '/nines/v1/chat/discord',
    access: 'public',
    summary: "Discord's interactions: commands and buttons, signed by Discord",
    bodyAs: 'raw',
    bodyLimit: WAY_BODY_LIMIT,
    async handler({ headers, body }) {
      const bytes = body as Buffer;
      const stamp = headerOf(headers, 'x-signature-timestamp');
      if (!isFromDiscord(stamp, headerOf(headers, 'x-signature-ed25519'), bytes)) throw notFromChat('Discord');
      const interaction = objectIn(bytes.toString('utf8')) as unknown as Interaction;
      return interaction.type === TYPE.ping ? { type: RESPONSE.pong } : interact(settings, deps, interaction);
    },
  });
}

interface User {
  readonly id?: unknown;
  readonly username?: unknown;
}
interface Interaction {
  readonly type: number;
  readonly id?: unknown;
  readonly application_id?: unknown;
  readonly token?: unknown;
  readonly member?: { readonly user?: User };
  readonly user?: User;
  readonly data?: { readonly name?: unknown; readonly custom_id?: unknown; readonly options?: readonly { readonly value?: unknown }[] };
}

async function interact(settings: DiscordWaySettings, deps: WayDeps, interaction: Interaction): Promise<unknown> {
  const user = interaction.member?.user ?? interaction.user;
  const speaker = { chat: 'discord' as const, id: wordIn(user?.id), name: wordIn(user?.username) };
  let answering: Promise<ChatAnswer> | undefined;
  const first = await deps.heard.once('discord', wordIn(interaction.id), async () => {
    answering = deps.desk.hear(speaker, { text: commandIn(interaction) });
    await Promise.resolve();
  });
  if (!first || answering === undefined) return message({ text: 'That was done already.', quiet: true, pictures: [], buttons: [] });
  const answer = await soon(deps.clock, answering);
  if (answer !== undefined) return message(answer);
  deps.later('discord', async () => finish(settings, deps, interaction, await answering!));
  return { type: RESPONSE.deferred };
}

/** `/nines text:oncall payments`, `/ack`, or a button's own id. */
function commandIn({ type, data }: Interaction): string {
  if (type === TYPE.component) return wordIn(data?.custom_id);
  const options = (data?.options ?? []).map(({ value }) => wordIn(value));
  return [wordIn(data?.name).replace(/^nines$/, ''), ...options].join(' ').trim();
}

const message = (answer: ChatAnswer): Record<string, unknown> => ({ type: RESPONSE.message, data: content(answer) });

function content({ text, quiet, pictures, buttons }: ChatAnswer): Record<string, unknown> {
  const pressed = buttons.filter(({ command }) => command.length <= LIMITS.customId).slice(0, 5);
  const components = pressed.map(({ label, command }, i) => ({ type: 2, style: i === 0 ? 1 : 2, label: label.slice(0, LIMITS.label), custom_id: command }));
  return {
    content: plain(text).slice(0, LIMITS.content),
    allowed_mentions: { parse: [] },
    ...(quiet && { flags: QUIET }),
    ...(pictures.length > 0 && { embeds: pictures.map(({ title, page, image }) => ({ title: title.slice(0, 256), url: page, image: { url: image } })) }),
    ...(components.length > 0 && { components: [{ type: 1, components }] }),
  };
} // prettier-ignore

/** Nothing is taken for markup; addresses stay whole and show no preview. */
const plain = (text: string): string =>
  text
    .split(/(https?:\/\/\S+)/)
    .map((part, i) => (i % 2 === 1 ? `<${part}>` : part.replaceAll(/[\\`*_~[\]|<>#]/g, '\\$&')))
    .join('');

/** https://discord.com/developers/docs/interactions/receiving-and-responding#edit-original-interaction-response */
async function finish(settings: DiscordWaySettings, deps: WayDeps, interaction: Interaction, answer: ChatAnswer): Promise<void> {
  const { application_id: application, token } = interaction;
  if (!/^\d{1,25}$/.test(String(application)) || !/^[\w.-]{1,500}$/.test(String(token))) return;
  const url = `${settings.url}/webhooks/${String(application)}/${String(token)}/messages/@original`;
  const asked = { url, method: 'PATCH' as const, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content(answer)) };
  await askProvider(asked, { clock: deps.clock, timeoutMs: PROVIDER_TIMEOUT_MS, signal: new AbortController().signal });
}
