import { expect, test } from 'vitest';
import { z } from 'zod';
import { createResourceSet } from '../catalog/index.ts';
import { providerSettings } from '../delivery/index.ts';
import { chatSettings } from './chat-settings.ts';
import { chatsAnswer } from './contract.ts';
import { describeChats } from './describe-chats.ts';

const url = 'https://nines.example.org';
const person = (name: string, chat?: object) => ({
  kind: 'Person',
  name,
  title: name,
  labels: {},
  spec: { chat, contacts: [] } as never,
  file: null,
});
const describe = (providers: object, settings: object = {}) =>
  chatsAnswer.parse(
    describeChats(
      { providers: z.object(providerSettings).parse(providers), settings: chatSettings.parse(settings), url },
      createResourceSet([person('ana', { slack: 'U012AB3CD', irc: 'ana' }), person('ben')], 1),
    ),
  ); // prettier-ignore

const TABLE: readonly [name: string, providers: object, chat: string, expected: object][] = [
  ['nothing is set', {}, 'slack', { sends: 'webhooks', hears: 'no', address: null }],
  ['a bot of Slack', { slack: { token: 'xoxb-1' } }, 'slack', { sends: 'bot', hears: 'no' }],
  ['that is called', { slack: { token: 'xoxb-1', signingSecret: 's' } }, 'slack', { sends: 'bot', hears: 'address', address: `${url}/nines/v1/chat/slack` }],
  ['Telegram, asked', { telegram: { token: '123456:ABC-DEF', poll: true } }, 'telegram', { sends: 'bot', hears: 'connection', address: null }],
  ['Telegram, called', { telegram: { token: '123456:ABC-DEF', webhookSecret: '0123456789abcdef' } }, 'telegram', { hears: 'address' }],
  ['IRC that only tells', { irc: { host: 'irc.example.org' } }, 'irc', { sends: 'bot', hears: 'no' }],
  ['IRC that hears', { irc: { host: 'irc.example.org', commands: { channels: ['#ops'] } } }, 'irc', { sends: 'bot', hears: 'connection' }],
  ['Mattermost', { mattermost: { tokens: ['t'] } }, 'mattermost', { sends: 'webhooks', hears: 'address' }],
]; // prettier-ignore

test.each(TABLE)('%s', (_, providers, chat, expected) => {
  expect(describe(providers).chats.find((one) => one.chat === chat)).toMatchObject(expected);
});

test('who is who, what can be said, and no secret', () => {
  const told = describe({ slack: { token: 'xoxb-secret', signingSecret: 'secret' } }, { strangers: 'viewer' });
  expect(told.people).toEqual([
    { name: 'ana', title: 'ana', chats: [{ chat: 'slack', id: 'U012AB3CD' }, { chat: 'irc', id: 'ana' }] },
    { name: 'ben', title: 'ben', chats: [] },
  ]); // prettier-ignore
  expect(told.commands.map(({ verb }) => verb)).toContain('ack');
  expect(told.strangers).toBe('viewer');
  expect(JSON.stringify(told)).not.toMatch(/secret"|xoxb/);
});
