/**
 * Every channel that can carry an answer, by each of the five answers: what the channel's own server sends, signed as it signs, through
 * the parsers that read it in production, to a real page on the real PostgreSQL. What can't be answered from a channel is not in its row.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { permits } from '../../src/access/permits.ts';
import { answersOf } from '../../src/app/answers-of.ts';
import { chatMigrations } from '../../src/chat/index.ts';
import { type ChatDesk, createChatDesk } from '../../src/chat/desk.ts';
import { chatRoutes } from '../../src/chat/routes.ts';
import { wayRoutes } from '../../src/chat/ways/create-ways.ts';
import { createMailAnswers } from '../../src/chat/ways/email/mail-answers.ts';
import { createHeard } from '../../src/chat/ways/heard.ts';
import { runIrc } from '../../src/chat/ways/irc/irc-way.ts';
import { runMatrix } from '../../src/chat/ways/matrix/matrix-way.ts';
import { signSlack } from '../../src/chat/ways/slack/slack-signature.ts';
import { signTeams } from '../../src/chat/ways/teams/teams-way.ts';
import { createTelegramApi } from '../../src/chat/ways/telegram/telegram-api.ts';
import { createLater, type WayDeps } from '../../src/chat/ways/way.ts';
import { answerButtons } from '../../src/delivery/answers/answer-buttons.ts';
import { createDelivery, deliveryMigrations, NO_PROVIDERS, signCommand } from '../../src/delivery/index.ts';
import { createNtfyChannel } from '../../src/delivery/channels/ntfy/ntfy-channel.ts';
import { startNtfyDouble } from '../../src/delivery/channels/ntfy/ntfy-double.ts';
import { startDouble } from '../../src/delivery/channels/provider-double.ts';
import { tcpPeer } from '../../src/delivery/channels/test-peers.ts';
import { requestSignature } from '../../src/delivery/channels/twilio/request-signature.ts';
import { ledgerMigrations } from '../../src/ledger/index.ts';
import { oncallMigrations } from '../../src/oncall/index.ts';
import { createCallRoute, type Route } from '../../src/platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../src/platform/jobs/index.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createRegistry } from '../../src/platform/metrics.ts';
import { createReleases } from '../../src/releases/index.ts';
import type { Sent } from '../harness/story/world.ts';
import { World } from '../harness/story/world.ts';
import { createTestSql, type TestSql } from '../harness/test-sql.ts';

const ANSWERS = ['acknowledge', 'snooze', 'not-mine', 'escalate', 'resolve'] as const;
type Answer = (typeof ANSWERS)[number];
const URL_OF_NINES = 'https://nines.example.org';
const START = '2026-11-24T03:00:00Z';
const PHONE = '+4930123456';
const TEAM = `
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec:
  email: ana@example.org
  timeZone: Europe/Berlin
  chat: { slack: U0ANA0001, mattermost: ana4mattermost000000000000, teams: 11111111-2222-3333-4444-555555555555, discord: '123456789012345678', telegram: '1001', matrix: '@ana:example.org', irc: ana }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ben }
spec: { email: ben@example.org }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: store }
spec: { steps: [{ notify: [{ person: ana }] }, { notify: [{ person: ben }] }] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { owner: store, escalation: store }
---
apiVersion: nines/v1
kind: Team
metadata: { name: store }
spec: { members: [ana, ben] }
`;

let database: TestSql;
let world: World;
let desk: ChatDesk;
let ways: WayDeps;
let routes: Route[];
let idle: () => Promise<void>;
let privateKey: KeyObject;
/** What chats' servers are sent: all is well with them. */
let server: Awaited<ReturnType<typeof startDouble>>;
const SECRETS = { slack: 'slack-secret', mattermost: 'mattermost-token', teams: Buffer.from('a secret of thirty-two bytes, ok').toString('base64'), twilio: 'twilio-token' }; // prettier-ignore

beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations, ...chatMigrations]);
  server = await startDouble(() => ({ address: '', stranger: '' }), () => ({ status: 200, body: { ok: true, result: {} } })); // prettier-ignore
  world = new World(database.sql, START, TEAM);
  await world.start();
  const { sql, oncall, ledger } = world.process;
  const { clock } = world;
  const keys = generateKeyPairSync('ed25519');
  privateKey = keys.privateKey;
  const catalog = { current: () => world.set, onChange: () => undefined };
  const providers = {
    ...NO_PROVIDERS,
    slack: { token: 'xoxb-1', url: `${server.url}/api`, signingSecret: SECRETS.slack },
    telegram: { token: '1:right', url: server.url, webhookSecret: 'sixteen-letters-x', poll: false },
    mattermost: { tokens: [SECRETS.mattermost], url: server.url },
    discord: { publicKey: keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), url: `${server.url}/api/v10` },
    teams: { secrets: [SECRETS.teams] },
    twilio: { url: server.url, accountSid: `AC${'0'.repeat(32)}`, authToken: SECRETS.twilio, from: '+15005550006' },
  };
  // The half of delivery that providers call: with the accounts that the story's own, whose channels record, has not.
  const common = { ...world.process, clock, log: silentLog, catalog };
  const phone = createDelivery({ ...common, metrics: createRegistry(), jobs: createJobs({ sql, clock, log: silentLog }), settings: { url: URL_OF_NINES, smtp: null, webhook: { secret: 's' }, providers }, channels: [] });
  phone.answeredBy(answersOf(sql, clock, oncall));
  const api = [...oncall.routes, ...createReleases({ sql, clock, ledger, catalog }).routes];
  const deskDeps = {
    sql,
    clock,
    log: silentLog,
    catalog,
    call: createCallRoute(() => api, permits),
    roleByEmail: () => Promise.resolve(null),
    rules: { people: 'responder', strangers: 'none' },
    url: URL_OF_NINES,
  } as const;
  desk = createChatDesk(deskDeps);
  const after = createLater({ log: silentLog });
  idle = after.idle;
  ways = { clock, log: silentLog, desk, heard: createHeard({ sql, clock }), later: after.later, pageAt: world.process.delivery.pageAt };
  routes = [...wayRoutes(providers, ways, URL_OF_NINES, createTelegramApi(providers.telegram, clock)), ...phone.routes, ...oncall.routes, ...chatRoutes(deskDeps, desk)];
}); // prettier-ignore
afterAll(async () => {
  await world.process.jobs.stop();
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

type Headers = Record<string, string>;
/** As the server of HTTP hands a request on. */
async function request(method: string, template: string, given: object): Promise<unknown> {
  const route = routes.find((one) => one.method === method && one.path === template)!;
  const said: unknown = await route.handler({ headers: {}, params: {}, ...given } as never);
  await idle();
  return said;
}
const toChat = (chat: string, body: string, headers: Headers = {}) => request('POST', `/nines/v1/chat/${chat}`, { body: Buffer.from(body), headers }); // prettier-ignore

let counted = 0;
const unique = (): string => String((counted += 1));
const WORDS: Record<Answer, string> = { acknowledge: 'on it', snooze: 'snooze 30m', 'not-mine': 'not mine', escalate: 'escalate', resolve: 'resolved' }; // prettier-ignore
const LABELS: Record<Answer, string> = { acknowledge: 'Acknowledge', snooze: 'Snooze 30m', 'not-mine': 'Not mine', escalate: 'Escalate', resolve: 'Resolve' }; // prettier-ignore
const FORMS: Record<Answer, string> = { acknowledge: '', snooze: 'snooze=30m', 'not-mine': 'answer=not-mine', escalate: 'answer=escalate', resolve: 'answer=resolve' }; // prettier-ignore
/** What the button below a page's message says. */
const buttonOf = (page: Sent, answer: Answer): string => answerButtons(page).find(({ label }) => label === LABELS[answer])!.command;
/** As if the page's message had gone by another channel, whose provider calls it `ref`. */
const wentBy = (page: Sent, channel: string, ref: string | null = null): Promise<unknown> =>
  template`update deliveries set channel = ${channel}, provider_ref = ${ref} where key = ${page.key}`.execute(database.sql.db());
const idOf = async (page: Sent): Promise<string> =>
  (await template<{ id: string }>`select id from deliveries where key = ${page.key}`.execute(database.sql.db())).rows[0]!.id;

function slackHeaders(body: string): Headers {
  const stamp = String(Math.floor(world.clock.now() / 1000));
  return { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signSlack(stamp, body, SECRETS.slack) };
}
const slackEvent = (event: object): Promise<unknown> => {
  const body = JSON.stringify({ type: 'event_callback', event_id: `Ev${unique()}`, event });
  return toChat('slack', body, slackHeaders(body));
};
const pressLink = ({ action }: Sent, form: string): Promise<unknown> =>
  request('POST', '/a/:secret', { params: { secret: action!.url.split('/').at(-1)! }, body: new URLSearchParams(form) });
const twilio = (address: string, params: Record<string, string>, form: Record<string, string>): Promise<unknown> => {
  const body = new URLSearchParams(form);
  const url = `${URL_OF_NINES}${address.replace(':id', params['id'] ?? '')}`;
  return request('POST', address, { params, body, headers: { 'x-twilio-signature': requestSignature(SECRETS.twilio, url, body) } });
};

interface Way {
  readonly answers?: readonly Answer[];
  send(page: Sent, answer: Answer): Promise<unknown>;
}

const table: Record<string, Way> = {
  "Slack's buttons": {
    send(page, answer) {
      const payload = { type: 'block_actions', user: { id: 'U0ANA0001', username: 'ana' }, actions: [{ value: buttonOf(page, answer), action_ts: unique() }], trigger_id: unique(), response_url: `${server.url}/response` };
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      return toChat('slack', body, slackHeaders(body));
    },
  },
  "a page's thread in Slack": {
    async send(page, answer) {
const thread = `15.${unique()}`;
      await wentBy(page, 'slack', `C0OPS:${thread}`);
      await slackEvent({
        type: 'message',
        channel_type: 'channel',
        user: 'U0ANA0001',
        text: WORDS[answer],
        channel: 'C0OPS',
        ts: '99.1',
        thread_ts: thread,
      });
    },
  },
  'reactions in Slack': {
    async send(page, answer) {
      const reaction = { acknowledge: 'eyes', snooze: 'zzz', 'not-mine': '-1', escalate: 'sos', resolve: 'white_check_mark' }[answer];
      const ts = `16.${unique()}`;
      await wentBy(page, 'slack', `C0OPS:${ts}`);
      await slackEvent({ type: 'reaction_added', user: 'U0ANA0001', reaction, item: { type: 'message', channel: 'C0OPS', ts }, event_ts: '17.1' });
    },
  },
  "Mattermost's buttons": {
    send(page, answer) {
      const command = buttonOf(page, answer);
      const context = { command, signature: signCommand(command, SECRETS.mattermost) };
      return toChat('mattermost', JSON.stringify({ user_id: 'ana4mattermost000000000000', user_name: 'ana', post_id: 'p', trigger_id: unique(), context }));
    },
  },
  "Mattermost's slash commands": {
    send: (_, answer) => toChat('mattermost', new URLSearchParams({ token: SECRETS.mattermost, command: '/nines', text: WORDS[answer], user_id: 'ana4mattermost000000000000', user_name: 'ana', trigger_id: unique() }).toString()),
  },
  "Teams' outgoing webhooks": {
    send(_, answer) {
      const activity = { id: unique(), timestamp: new Date(world.clock.now()).toISOString(), text: `<at>nines</at> ${WORDS[answer]}`, from: { aadObjectId: '11111111-2222-3333-4444-555555555555', name: 'Ana' } };
      const body = JSON.stringify(activity);
      return toChat('teams', body, { authorization: signTeams(Buffer.from(body), SECRETS.teams) });
    },
  },
  "Discord's buttons": {
    send(page, answer) {
      const body = JSON.stringify({ type: 3, id: unique(), application_id: '1', token: 't', member: { user: { id: '123456789012345678', username: 'ana' } }, data: { component_type: 2, custom_id: buttonOf(page, answer) } });
      const stamp = String(Math.floor(world.clock.now() / 1000));
      const signature = sign(null, Buffer.from(stamp + body), privateKey).toString('hex');
      return toChat('discord', body, { 'x-signature-timestamp': stamp, 'x-signature-ed25519': signature });
    },
  },
  "Telegram's buttons": {
    send: (page, answer) => telegram({ callback_query: { id: unique(), from: { id: 1001, username: 'ana' }, data: buttonOf(page, answer), message: { message_id: 5, chat: { id: -100, type: 'supergroup' } } } }),
  },
  'replies in Telegram': {
    async send(page, answer) {
      const message = Number(unique());
      await wentBy(page, 'telegram', `-100:${message}`);
      await telegram({ message: { message_id: 9, from: { id: 1001 }, chat: { id: -100, type: 'supergroup' }, text: WORDS[answer], reply_to_message: { message_id: message } } });
    },
  },
  'replies in Matrix': {
    async send(page, answer) {
      await wentBy(page, 'matrix', `$page${unique()}`);
      const body = `> <@nines:example.org> Restart\n\n${WORDS[answer]}`;
      await matrix({ type: 'm.room.message', content: { msgtype: 'm.text', body, 'm.relates_to': { 'm.in_reply_to': { event_id: `$page${counted}` } } } });
    },
  },
  'reactions in Matrix': {
    async send(page, answer) {
      await wentBy(page, 'matrix', `$page${unique()}`);
      const key = { acknowledge: '👍️', snooze: '💤', 'not-mine': '👎', escalate: '⬆️', resolve: '✅' }[answer];
      await matrix({ type: 'm.reaction', content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: `$page${counted}`, key } } });
    },
  },
  'words in IRC': { send: (_, answer) => irc(WORDS[answer]) },
  'answers by mail': {
    async send(page, answer) {
      const answers = createMailAnswers({ ...ways, sql: database.sql, catalog: { current: () => world.set, onChange: () => undefined }, delivery: world.process.delivery, signed: true });
      const raw = `From: Ana <ana@example.org>\r\nTo: ${page.replyTo}\r\nSubject: Re: ${page.subject}\r\nMessage-ID: <${unique()}@example.org>\r\n\r\n${WORDS[answer]}\r\n`;
      expect(await answers.take(Buffer.from(raw), page.replyTo!)).toBe(true);
    },
  },
  'keys of a call': {
    async send(page, answer) {
      const Digits = { acknowledge: '1', 'not-mine': '2', snooze: '3', escalate: '4', resolve: '5' }[answer];
      await twilio('/nines/v1/twilio/voice/:id', { id: await idOf(page) }, { CallSid: 'CA1', Digits });
    },
  },
  'words of a text message': {
    async send(page, answer) {
      await wentBy(page, 'sms');
      world.set = world.read(TEAM.replace('chat: { slack', `contacts: [{ channel: sms, address: '${PHONE}' }]\n  chat: { slack`));
      await twilio('/nines/v1/twilio/sms', {}, { From: PHONE, Body: WORDS[answer] });
      world.set = world.read(TEAM);
    },
  },
  "ntfy's buttons": {
    answers: ['acknowledge', 'snooze', 'not-mine'],
    async send(page, answer) {
      await using double = await startNtfyDouble();
      await createNtfyChannel({ server: double.url, token: 'tk_right' }, { clock: world.clock }).send({ ...page, channel: 'ntfy', address: 'ana-pages' }, AbortSignal.timeout(5_000));
      const pressed = double.shown[0]!.answers!.map((one) => one.split(' ')).find(([, , form = '']) => form === FORMS[answer])!;
      expect(pressed.slice(0, 2)).toEqual(['POST', page.action!.url]);
      await pressLink(page, pressed[2] ?? '');
    },
  },
  "Web Push's buttons": { send: (page, answer) => pressOnLockScreen(page, answer) },
  "the link's page, which every channel has": { send: (page, answer) => pressLink(page, FORMS[answer]) },
  'bots of your own': {
    send(page, answer) {
      const bot = { kind: 'token', actor: 'token:bot', name: 'bot', person: null, role: 'responder' } as const;
      return request('POST', '/nines/v1/chat', { principal: bot, body: { text: WORDS[answer], as: 'ana', page: page.about!.slice('page/'.length) } });
    },
  },
}; // prettier-ignore

const telegram = (update: object): Promise<unknown> =>
  toChat('telegram', JSON.stringify({ update_id: Number(unique()), ...update }), {
    'x-telegram-bot-api-secret-token': 'sixteen-letters-x',
  });

/** A homeserver that has one event for its account, and the room where that is answered. */
async function matrix(event: object): Promise<void> {
  const stop = new AbortController();
  const one = { event_id: `$answer${unique()}`, sender: '@ana:example.org', ...event };
  let said = false;
  await using homeserver = await startDouble(() => ({ address: '', stranger: '' }), ({ path: asked, query }) => {
    if (asked.endsWith('/whoami')) return { status: 200, body: { user_id: '@nines:example.org' } };
    if (!asked.endsWith('/sync')) return { status: 200, body: { event_id: '$said' } };
    const types = (JSON.parse(query.get('filter')!) as { room: { timeline: { types: string[] } } }).room.timeline.types;
    if (said) stop.abort();
    const events = query.get('since') === 'before' && types.includes((event as { type: string }).type) ? [one] : [];
    said = events.length > 0;
    return { status: 200, body: { next_batch: 'after', rooms: { join: { '!ops:example.org': { timeline: { events } } } } } };
  }); // prettier-ignore
  const cursor = { load: () => Promise.resolve('before'), save: () => Promise.resolve() };
  await runMatrix({ homeserver: homeserver.url, token: 'right' }, ways, cursor, stop.signal, () => undefined);
}

/** An IRC server on which ana says something in #ops; it ends when that is answered. */
async function irc(words: string): Promise<void> {
  const stop = new AbortController();
  await using network = await tcpPeer((socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (/^USER /m.test(text)) socket.write(':irc.example.org 001 nines :Welcome\r\n:irc.example.org 376 nines :End\r\n');
      if (/^JOIN /m.test(text)) socket.write(`:ana!ana@host PRIVMSG #ops :nines: ${words}\r\n`);
      if (/^PRIVMSG /m.test(text)) stop.abort();
    });
  });
  const commands = { channels: ['#ops'], trust: 'nick' } as const;
  await runIrc({ host: '127.0.0.1', port: network.port, tls: false, nick: 'nines', commands }, ways, stop.signal, () => undefined);
}

/** The service worker of the web, with a browser around it: the notification comes, and its button is pressed. */
async function pressOnLockScreen(page: Sent, answer: Answer): Promise<void> {
  const listeners: Record<string, (event: object) => void> = {};
  const shown: { title: string; data: object; actions: { action: string; title: string }[] }[] = [];
  let busy: Promise<unknown> = Promise.resolve();
  const waitUntil = (work: Promise<unknown>): void => void (busy = work);
  const self = {
    location: { origin: URL_OF_NINES },
    registration: { showNotification: async (title: string, rest: object) => void shown.push({ title, ...rest } as never) },
    clients: { matchAll: async () => [], openWindow: async () => undefined },
    addEventListener: (name: string, run: (event: object) => void) => void (listeners[name] = run),
  };
  const fetch = async (url: string, { method, body }: { method: string; body: string }) => {
    expect([method, url]).toEqual(['POST', page.action!.url]);
    const reply = (await pressLink(page, body)) as { status: number; body: string };
    return { ok: reply.status < 300, status: reply.status, text: async () => reply.body };
  };
  const worker = fs.readFileSync(path.join(import.meta.dirname, '..', '..', 'web', 'public', 'push.js'), 'utf8');
  vm.runInNewContext(worker, { self, fetch, URL, encodeURIComponent });
  const data = { title: page.subject, acknowledge: page.action!.url, url: `${URL_OF_NINES}/pages/1` };
  listeners['push']!({ data: { json: () => data }, waitUntil });
  await busy;
  const { action } = shown[0]!.actions.find(({ title }) => title === LABELS[answer])!;
  listeners['notificationclick']!({ notification: { close: () => undefined, data: shown[0]!.data }, action, waitUntil });
  await busy;
  expect(shown[1]!.title).toMatch(/^(Acknowledged|Snoozed for 30 minutes|Passed on|Escalated|Resolved)/);
}

const cells = Object.entries(table).flatMap(([name, way]) => (way.answers ?? ANSWERS).map((answer) => [name, answer, way] as const));

test.each(cells)('%s: %s', async (_, answer, way) => {
  const { oncall } = world.process;
  const name = `alert-${unique()}`;
  const activeAt = world.clock.now();
  const alert = { fingerprint: name, rule: name, group: 'rules', severity: 'critical', service: 'shop', labels: {}, annotations: { summary: 'Restart the web servers' }, value: 1, expr: 'up', activeAt, firedAt: activeAt, resolvedAt: null } as const; // prettier-ignore
  world.sent.length = 0;
  // More pages a minute than five are told in one message.
  world.clock.leapTo(activeAt + 61_000);
  await world.alerts('firing', [alert]);
  const page = world.sent.find(({ reason, person, channel }) => reason === 'page' && person === 'ana' && channel === 'email')!;
  const id = page.about!.slice('page/'.length);
  try {
    await way.send(page, answer);
    await world.settle();
    await expectAnswered(id, answer);
  } finally {
    await oncall.pages.resolve(id, { actor: 'nines', name: 'nines' }, 'the next cell').catch(() => undefined);
    await world.settle();
  }
});

async function expectAnswered(id: string, answer: Answer): Promise<void> {
  const { sql, oncall } = world.process;
  const after = (await oncall.pages.get(sql, id))!;
  const called = world.sent.filter(({ reason, person }) => reason === 'escalation' && person === 'ben').length;
  const become = { state: after.state, by: after.acknowledgedBy, snoozed: after.snoozedUntil === null ? null : (after.snoozedUntil - world.clock.now()) / 60_000, called }; // prettier-ignore
  expect(become).toEqual(
    {
      acknowledge: { state: 'acknowledged', by: 'ana', snoozed: null, called: 0 },
      snooze: { state: 'acknowledged', by: 'ana', snoozed: 30, called: 0 },
      'not-mine': { state: 'triggered', by: null, snoozed: null, called: 1 },
      escalate: { state: 'triggered', by: null, snoozed: null, called: 1 },
      resolve: { state: 'resolved', by: after.acknowledgedBy, snoozed: null, called: 0 },
    }[answer],
  );
}
