import type { PersonSpec, ResourceSet } from '../catalog/index.ts';
import type { ProviderSettings } from '../delivery/index.ts';
import { route, type Route } from '../platform/http/index.ts';
import type { ChatSettings } from './chat-settings.ts';
import { chatsAnswer, type ChatsAnswer } from './contract.ts';
import { HELP } from './language/command.ts';

/** The chats, for the settings page. */
export const chatsRoute = (given: Given, set: () => ResourceSet): Route =>
  route({
    method: 'GET',
    path: '/nines/v1/chats',
    access: 'viewer',
    summary: 'Which chats are set up, who is known in them, and what can be said there',
    response: chatsAnswer,
    handler: () => Promise.resolve(describeChats(given, set())),
  });

type Described = ChatsAnswer['chats'][number];

interface Given {
  readonly providers: ProviderSettings;
  readonly settings: ChatSettings;
  /** Of nines, without a slash at its end. */
  readonly url: string;
}

/** What each chat is set up for, by the settings; who is known where, by the documents. Pure. */
export function describeChats({ providers, settings, url }: Given, set: ResourceSet): ChatsAnswer {
  const people = set.list<PersonSpec>('Person').map(({ name, title, spec }) => ({
    name,
    title,
    chats: Object.entries(spec.chat ?? {}).flatMap(([chat, id]) => (id === undefined ? [] : [{ chat, id }])),
  }));
  return { chats: chatsOf(providers, settings, url), people, strangers: settings.strangers, commands: [...HELP].map(({ verb, usage, about, examples }) => ({ verb, usage, about, examples: [...examples] })) };
} // prettier-ignore

function chatsOf(providers: ProviderSettings, { mailFolder, mailAddress }: ChatSettings, url: string): Described[] {
  const { slack, mattermost, teams, discord, telegram, matrix, irc } = providers;
  const called = (chat: string, set: boolean): Pick<Described, 'hears' | 'address'> =>
    set ? { hears: 'address', address: `${url}/nines/v1/chat/${chat}` } : NOT_HEARD;
  const asked = (set: boolean): Pick<Described, 'hears' | 'address'> => (set ? { hears: 'connection', address: null } : NOT_HEARD);
  return [
    { chat: 'slack', sends: slack === undefined ? 'webhooks' : 'bot', ...called('slack', slack?.signingSecret !== undefined), setting: 'slack.signingSecret' },
    { chat: 'mattermost', sends: 'webhooks', ...called('mattermost', mattermost !== undefined), setting: 'mattermost.tokens' },
    { chat: 'teams', sends: 'webhooks', ...called('teams', teams !== undefined), setting: 'teams.secrets' },
    { chat: 'discord', sends: discord?.token === undefined ? 'webhooks' : 'bot', ...called('discord', discord !== undefined), setting: 'discord.publicKey' },
    { chat: 'telegram', sends: telegram === undefined ? 'no' : 'bot', ...(telegram?.poll === true ? asked(true) : called('telegram', telegram?.webhookSecret !== undefined)), setting: 'telegram.token, and telegram.poll or telegram.webhookSecret' },
    { chat: 'matrix', sends: matrix === undefined ? 'no' : 'bot', ...asked(matrix?.commands === true), setting: 'matrix.commands' },
    { chat: 'irc', sends: irc === undefined ? 'no' : 'bot', ...asked(irc?.commands !== undefined), setting: 'irc.commands' },
    { chat: 'email', sends: 'bot', ...asked(mailFolder !== undefined || mailAddress !== undefined), setting: 'chat.mailAddress' },
  ];
} // prettier-ignore

const NOT_HEARD = { hears: 'no', address: null } as const;
