import { generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { NO_PROVIDERS, type ProviderSettings, signCommand } from '../../delivery/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Reply, Route } from '../../platform/http/index.ts';
import { silentLog } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { answer, type ChatAnswer, quietly } from '../answer.ts';
import { chatMigrations } from '../migrations.ts';
import type { Speaker } from '../speaker.ts';
import { wayRoutes } from './create-ways.ts';
import { createHeard } from './heard.ts';
import { signSlack } from './slack/slack-signature.ts';
import { signTeams } from './teams/teams-way.ts';
import { hearUpdate, type Update } from './telegram/hear-update.ts';
import { pollTelegram } from './telegram/poll-telegram.ts';
import { createTelegramApi } from './telegram/telegram-api.ts';
import { createLater, type WayDeps } from './way.ts';

const NOW = Date.parse('2026-11-24T03:00:00Z');
const ID = '01hx7a2b3c4d5e6f7g8h';
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TEAMS_SECRET = Buffer.from('a secret of thirty-two bytes, ok').toString('base64');
const { publicKey, privateKey } = generateKeyPairSync('ed25519');

/** Takes what is sent to chats' servers; answers as they do. */
class Taken {
  readonly requests: { method: string; path: string; body: string; type: string }[] = [];
  readonly #server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      this.requests.push({ method: request.method!, path: request.url!, body, type: request.headers['content-type'] ?? '' });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, result: request.url!.endsWith('/getUpdates') ? this.updates.splice(0) : {} }));
    });
  });
  updates: Update[] = [];
  url = '';
  async start(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  json(i = -1): Record<string, unknown> {
    return JSON.parse(this.requests.at(i)!.body) as Record<string, unknown>;
  }
}

let database: TestSql;
const taken = new Taken();
beforeAll(async () => {
  database = await createTestSql(chatMigrations);
  await taken.start();
});
afterAll(async () => {
  await taken.stop();
  await database[Symbol.asyncDispose]();
});

let now = NOW;
const heardBy: { speaker: Speaker; text: string }[] = [];
let respond: () => Promise<ChatAnswer>;
/** Patience runs out only where a test says so. */
let patience: (() => void)[] = [];
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  after: (_, run) => {
    patience.push(run);
    return { cancel: () => undefined };
  },
};
/** Pages by the message that tells of them. */
const PAGES: Record<string, string> = { 'slack C0OPS:1503435956.000247': ID, 'telegram -100:365': ID };
let routes: Route[];
let ways: WayDeps;
let idle: () => Promise<void>;

const GRAPH = { title: 'errors', page: 'https://n/graphs/1', image: 'https://n/1.png', png: () => Promise.resolve(Buffer.from('png')) };

beforeEach(async () => {
  now = NOW;
  heardBy.length = 0;
  taken.requests.length = 0;
  patience = [];
  await database.sql.db<{ chat_heard: object }>().deleteFrom('chat_heard').execute();
  respond = () =>
    Promise.resolve(answer('You have it: #7g8h <Restart> & go', { buttons: [{ label: 'Resolve', command: `resolve #${ID}` }] }));
  const after = createLater({ log: silentLog });
  idle = after.idle;
  ways = {
    clock,
    log: silentLog,
    heard: createHeard({ sql: database.sql, clock }),
    later: after.later,
    pageAt: (chat, ref) => Promise.resolve(PAGES[`${chat} ${ref}`]),
    desk: {
      hear: (speaker, { text, about }) => (heardBy.push({ speaker, text: about ? `${text} (${about})` : text }), respond()),
      hearPrincipal: () => respond(),
    },
  };
  const hex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const providers: ProviderSettings = {
    ...NO_PROVIDERS,
    slack: { token: 'xoxb-1', url: `${taken.url}/api`, signingSecret: SECRET },
    telegram: { token: '1:right', url: taken.url, webhookSecret: 'sixteen-letters-x', poll: false },
    mattermost: { tokens: ['first-token', 'second-token'], url: taken.url },
    discord: { publicKey: hex, url: `${taken.url}/api/v10` },
    teams: { secrets: [TEAMS_SECRET] },
  };
  routes = wayRoutes(providers, ways, 'https://n', createTelegramApi(providers.telegram!, clock));
});

type Headers = Record<string, string>;

async function send(chat: string, body: string | Buffer, headers: Headers = {}): Promise<{ status: number; body: unknown }> {
  const route = routes.find(({ path }) => path.endsWith(`/${chat}`))!;
  try {
    const said: unknown = await route.handler({ headers, body: Buffer.from(body) } as never);
    await idle();
    return typeof said === 'object' && said !== null && 'reply' in said
      ? { status: (said as Reply).status, body: (said as Reply).body }
      : { status: 200, body: said };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, body: error.slug };
  }
}

const slackHeaders = (body: string, at = NOW, secret = SECRET): Headers => {
  const stamp = String(Math.floor(at / 1000));
  return { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signSlack(stamp, body, secret) };
};
const toSlack = (body: string) => send('slack', body, slackHeaders(body));
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const slash = (trigger: string, text = 'payments') => form({ command: '/oncall', text, user_id: 'U0ANA0001', user_name: 'ana', trigger_id: trigger, response_url: `${taken.url}/response` }); // prettier-ignore
const payload = (value: string, trigger: string) =>
  form({ payload: JSON.stringify({ type: 'block_actions', user: { id: 'U0ANA0001', username: 'ana' }, actions: [{ action_id: 'answer-0', value, action_ts: '1' }], trigger_id: trigger, response_url: `${taken.url}/response` }) }); // prettier-ignore

test("Slack's own example of a signature is right", () => {
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  expect(signSlack('1531420618', body, SECRET)).toBe('v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503');
});

test('Slack: a slash command is heard as who typed it, and answered in blocks', async () => {
  const { body } = await toSlack(slash('t1'));
  expect(heardBy).toEqual([{ speaker: { chat: 'slack', id: 'U0ANA0001', name: 'ana' }, text: '/oncall payments' }]);
  expect(body).toMatchObject({
    response_type: 'in_channel',
    text: 'You have it: #7g8h &lt;Restart&gt; &amp; go',
    blocks: [{ type: 'section' }, { type: 'actions', elements: [{ value: `resolve #${ID}` }] }],
  });
});

test('Slack: what only the speaker is to see is ephemeral; `/nines` is no word of the command', async () => {
  respond = () => Promise.resolve(quietly('No page is open.'));
  const text = form({ command: '/nines', text: 'ack', user_id: 'U1', trigger_id: 't2' });
  expect((await toSlack(text)).body).toMatchObject({ response_type: 'ephemeral', text: 'No page is open.' });
  expect(heardBy[0]!.text).toBe('ack');
});

test('Slack: a request that is older than five minutes, changed, or signed by another is refused', async () => {
  const body = slash('t3');
  expect(await send('slack', body, slackHeaders(body, NOW - 301_000))).toMatchObject({ status: 401, body: 'bad-signature' });
  expect(await send('slack', body, slackHeaders(body, NOW + 301_000))).toMatchObject({ status: 401 });
  expect(await send('slack', `${body}&x=1`, slackHeaders(body))).toMatchObject({ status: 401 });
  expect(await send('slack', body, slackHeaders(body, NOW, 'another'))).toMatchObject({ status: 401 });
  expect(await send('slack', body)).toMatchObject({ status: 401 });
  expect(heardBy).toEqual([]);
});

test('Slack: a request that is played back within five minutes does nothing', async () => {
  const body = payload(`ack #${ID}`, 't4');
  const headers = slackHeaders(body);
  await send('slack', body, headers);
  now += 60_000;
  expect(await send('slack', body, headers)).toEqual({ status: 200, body: undefined });
  expect(heardBy).toHaveLength(1);
});

test('Slack: a pressed button is answered at the address of the press, and nowhere else', async () => {
  await toSlack(payload(`ack #${ID}`, 't5'));
  expect(heardBy).toEqual([{ speaker: { chat: 'slack', id: 'U0ANA0001', name: 'ana' }, text: `ack #${ID}` }]);
  expect(taken.requests).toMatchObject([{ path: '/response' }]);
  expect(taken.json()).toMatchObject({ replace_original: false, response_type: 'in_channel' });
  await toSlack(payload(`ack #${ID}`, 't6').replace(encodeURIComponent(taken.url), encodeURIComponent('https://evil.example.org')));
  expect(heardBy).toHaveLength(2);
  expect(taken.requests).toHaveLength(1);
});

test('Slack: what takes long is answered later', async () => {
  let done: (answer: ChatAnswer) => void = () => undefined;
  respond = () => new Promise((resolve) => (done = resolve));
  const body = slash('t7');
  const route = routes.find(({ path }) => path.endsWith('/slack'))!;
  const answering = route.handler({ headers: slackHeaders(body), body: Buffer.from(body) } as never) as Promise<unknown>;
  await expect.poll(() => patience.length).toBe(1);
  patience[0]!();
  expect(await answering).toEqual({ response_type: 'ephemeral', text: 'One moment …' });
  done(answer('here', { pictures: [GRAPH] }));
  await idle();
  expect(taken.json()).toMatchObject({
    blocks: [{ type: 'section' }, { type: 'image', image_url: 'https://n/1.png', alt_text: 'errors' }],
  });
});

test('Slack: a mention is answered in its thread, once, and what bots say is not heard', async () => {
  const event = { type: 'app_mention', user: 'U0BEN0002', text: '<@U0NINES> who is on call?', channel: 'C1', ts: '1.5' };
  const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev1', event });
  await toSlack(body);
  await toSlack(body);
  await toSlack(JSON.stringify({ type: 'event_callback', event_id: 'Ev2', event: { ...event, bot_id: 'B1' } }));
  expect(heardBy.map(({ text }) => text)).toEqual(['who is on call?']);
  expect(taken.requests.map(({ path }) => path)).toEqual(['/api/chat.postMessage']);
  expect(taken.json()).toMatchObject({ channel: 'C1', thread_ts: '1.5' });
  expect((await toSlack(JSON.stringify({ type: 'url_verification', challenge: 'c' }))).body).toEqual({ challenge: 'c' });
});

test('Mattermost: a slash command with one of the tokens, and none without', async () => {
  const body = (token: string) =>
    form({ token, command: '/nines', text: 'oncall payments', user_id: 'abc', user_name: 'ana', trigger_id: 'm1' });
  expect((await send('mattermost', body('wrong'))).status).toBe(401);
  expect((await send('mattermost', form({ command: '/nines' }))).status).toBe(401);
  const said = await send('mattermost', body('second-token'));
  expect(heardBy).toEqual([{ speaker: { chat: 'mattermost', id: 'abc', name: 'ana', also: ['ana'] }, text: 'oncall payments' }]);
  expect(said.body).toMatchObject({ response_type: 'in_channel', text: 'You have it: \\#7g8h \\<Restart\\> & go' });
  expect(await send('mattermost', body('second-token'))).toEqual({ status: 200, body: undefined });
  expect(heardBy).toHaveLength(1);
});

test('Mattermost: an outgoing webhook by its trigger, a button by what nines signed', async () => {
  await send('mattermost', form({ token: 'first-token', trigger_word: 'nines', text: 'nines ack', user_id: 'abc', post_id: 'p1' }));
  await send('mattermost', form({ token: 'first-token', trigger_word: '!ack', text: '!ack all', user_id: 'abc', post_id: 'p2' }));
  expect(heardBy.map(({ text }) => text)).toEqual(['ack', '!ack all']);
  const press = (command: string, signature: string) => send('mattermost', JSON.stringify({ user_id: 'abc', post_id: 'p3', context: { command, signature } }));
  expect((await press(`resolve #${ID}`, signCommand(`ack #${ID}`, 'first-token'))).status).toBe(401);
  expect(await press(`ack #${ID}`, signCommand(`ack #${ID}`, 'first-token'))).toMatchObject({ body: { ephemeral_text: expect.stringContaining('You have it') as string } });
  expect(await press(`ack #${ID}`, signCommand(`ack #${ID}`, 'first-token'))).toMatchObject({ body: { skip_slack_parsing: true } });
  expect(heardBy).toHaveLength(3);
}); // prettier-ignore

const toDiscord = (interaction: unknown, { at = NOW, change = '' } = {}) => {
  const body = JSON.stringify(interaction);
  const stamp = String(Math.floor(at / 1000));
  const signature = sign(null, Buffer.from(stamp + body), privateKey).toString('hex');
  return send('discord', body + change, { 'x-signature-timestamp': stamp, 'x-signature-ed25519': signature });
};

test('Discord: pings, commands and buttons, each signed', async () => {
  expect((await toDiscord({ type: 1 })).body).toEqual({ type: 1 });
  const member = { user: { id: '80351110224678912', username: 'ana' } };
  const said = await toDiscord({ type: 2, id: '1', member, data: { name: 'nines', options: [{ value: 'oncall payments' }] } });
  expect(said.body).toMatchObject({ type: 4, data: { allowed_mentions: { parse: [] }, components: [{ type: 1, components: [{ custom_id: `resolve #${ID}` }] }] } });
  await toDiscord({ type: 3, id: '2', member, data: { custom_id: `ack #${ID}` } });
  expect((await toDiscord({ type: 3, id: '2', member, data: { custom_id: `ack #${ID}` } })).body).toMatchObject({ data: { flags: 64 } });
  expect(heardBy.map(({ text }) => text)).toEqual(['oncall payments', `ack #${ID}`]);
  expect((await toDiscord({ type: 1 }, { change: ' ' })).status).toBe(401);
  expect((await toDiscord({ type: 1 }, { at: NOW - 400_000 })).status).toBe(401);
  expect((await send('discord', '{"type":1}', { 'x-signature-timestamp': 'x', 'x-signature-ed25519': '00' })).status).toBe(401);
}); // prettier-ignore

test('Teams: a mention, signed with the security token, not old and not twice', async () => {
  const activity = { type: 'message', id: '17', timestamp: '2026-11-24T02:59:58.000Z', text: '<at>nines</at>&nbsp;oncall "payments"', from: { id: '29:x', aadObjectId: 'A-B', name: 'Ana' } };
  const post = (given: unknown, secret = TEAMS_SECRET) => {
    const body = Buffer.from(JSON.stringify(given));
    return send('teams', body, { authorization: signTeams(body, secret) });
  };
  expect((await post(activity)).body).toMatchObject({ type: 'message', text: expect.stringContaining(`Then: resolve #${ID}`) as string });
  expect(heardBy).toEqual([{ speaker: { chat: 'teams', id: 'A-B', name: 'Ana' }, text: 'oncall "payments"' }]);
  expect((await post(activity)).body).toMatchObject({ text: 'That was done already.' });
  expect((await post({ ...activity, id: '18', timestamp: '2026-11-24T02:50:00.000Z' })).status).toBe(401);
  expect((await post(activity, Buffer.from('another').toString('base64'))).status).toBe(401);
  expect(heardBy).toHaveLength(1);
}); // prettier-ignore

const update = (id: number, more: Omit<Update, 'update_id'>): Update => ({ update_id: id, ...more });
const from = { id: 1001, first_name: 'Ana' };
const group = { id: -100, type: 'supergroup' };

test('Telegram: only with the secret; in groups only what is meant for a bot; each update once', async () => {
  const post = (given: Update, secret = 'sixteen-letters-x') => send('telegram', JSON.stringify(given), { 'x-telegram-bot-api-secret-token': secret });
  expect((await post(update(1, { message: { message_id: 1, from, chat: group, text: '/ack' } }), 'wrong')).status).toBe(401);
  await post(update(2, { message: { message_id: 2, from, chat: group, text: '/ack@nines_bot all' } }));
  await post(update(2, { message: { message_id: 2, from, chat: group, text: '/ack@nines_bot all' } }));
  await post(update(3, { message: { message_id: 3, from, chat: group, text: 'ack everything' } }));
  await post(update(4, { message: { message_id: 4, from, chat: { id: 1001, type: 'private' }, text: 'oncall payments' } }));
  await post(update(5, { message: { message_id: 5, from: { ...from, is_bot: true }, chat: group, text: '/ack' } }));
  expect(heardBy.map(({ text }) => text)).toEqual(['/ack all', 'oncall payments']);
  expect(heardBy[0]!.speaker).toEqual({ chat: 'telegram', id: '1001', name: 'Ana' });
  expect(taken.requests.map(({ path }) => path)).toEqual(['/bot1:right/sendMessage', '/bot1:right/sendMessage']);
  expect(taken.json(0)).toMatchObject({ chat_id: -100, reply_parameters: { message_id: 2 }, reply_markup: { inline_keyboard: [[{ callback_data: `resolve #${ID}` }]] } });
}); // prettier-ignore

test('Telegram: a pressed button is answered to whoever pressed, and once; pictures are sent as files', async () => {
  respond = () => Promise.resolve(answer('a graph', { pictures: [GRAPH] }));
  const api = createTelegramApi({ token: '1:right', url: taken.url }, clock);
  const press = update(6, { callback_query: { id: 'q1', from, data: `ack #${ID}`, message: { message_id: 9, chat: group } } });
  await hearUpdate(api, ways, press);
  await hearUpdate(api, ways, press);
  expect(heardBy.map(({ text }) => text)).toEqual([`ack #${ID}`]);
  expect(taken.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['answerCallbackQuery', 'sendMessage', 'sendPhoto']);
  expect(taken.requests[2]!.type).toMatch(/^multipart\/form-data/);
});

test('Telegram: where it can not reach nines it is asked, and what was heard is confirmed', async () => {
  const api = createTelegramApi({ token: '1:right', url: taken.url }, clock);
  const stop = new AbortController();
  taken.updates = [update(41, { message: { message_id: 1, from, chat: { id: 1001, type: 'private' }, text: 'status' } })];
  const polling = pollTelegram({ api, hear: (one) => hearUpdate(api, ways, one), trouble: () => undefined }, stop.signal);
  await expect.poll(() => taken.requests.filter(({ path }) => path.endsWith('/getUpdates')).length).toBeGreaterThan(1);
  stop.abort();
  await polling;
  const asked = taken.requests.filter(({ path }) => path.endsWith('/getUpdates'));
  expect(JSON.parse(asked[1]!.body)).toMatchObject({ offset: 42 });
  expect(heardBy.map(({ text }) => text)).toEqual(['status']);
});

test('who began and died is followed by who is told again', async () => {
  const heard = createHeard({ sql: database.sql, clock });
  await expect(heard.once('x', 'k', () => Promise.reject(new Error('died')))).rejects.toThrow('died');
  expect(await heard.once('x', 'k', () => Promise.resolve())).toBe(false);
  now += 91_000;
  expect(await heard.once('x', 'k', () => Promise.resolve())).toBe(true);
  now += 91_000;
  expect(await heard.once('x', 'k', () => Promise.resolve())).toBe(false);
});

test('too much under way is refused, and the chat says so', () => {
  const { later } = createLater({ log: silentLog, most: 1 });
  later('x', () => new Promise(() => undefined));
  expect(() => later('x', () => Promise.resolve())).toThrow(/The limit is 1/);
});
