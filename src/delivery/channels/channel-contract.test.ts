/**
 * What every channel promises, said once: each by its real server where a free one runs, else by a strict double written from the
 * provider's documentation. The rows are in test/harness/channels/channel-terms.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ABOUT, ACK_LINK, channelTerms, PAGE_LINK } from '../../../test/harness/channels/channel-terms.ts';
import { flood, MISDEEDS } from '../../../test/harness/channels/misdeeds.ts';
import { parrot, parrotOfMail } from '../../../test/harness/channels/parrots.ts';
import type { OtherSide, Terms } from '../../../test/harness/channels/terms.ts';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { ledgerMigrations } from '../../ledger/index.ts';
import { systemClock } from '../../platform/clock.ts';
import { jobsMigrations } from '../../platform/jobs/index.ts';
import type { Outcome } from './channel.ts';
import { createChannels } from './create-channels.ts';
import type { Message } from '../messages/message.ts';
import { deliveryMigrations } from '../migrations.ts';
import { NO_PROVIDERS } from './provider-settings.ts';
import { tcpPeer } from './test-peers.ts';

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const rows = Object.entries(channelTerms(() => database.sql));
const TIMEOUT_MS = 1_000;
const never = new AbortController().signal;

interface Sending {
  readonly port: number;
  /** By default the one that the other side knows. */
  readonly address?: string;
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly more?: Partial<Message>;
}

const message = (channel: Message['channel'], address: string, more: Partial<Message> = {}): Message => ({
  key: 'page:01h:0:0:ana:x',
  channel,
  address,
  subject: 'Restart the cache',
  text: `Errors at 4.2 %.\n\nGraph: https://nines.example.org/graph?a=b&c=(d)\n\nAcknowledge: ${ACK_LINK}\n\nPage: ${PAGE_LINK}`,
  priority: 0,
  reason: 'page',
  about: ABOUT,
  person: 'ana',
  delivery: 'd1',
  replyTo: 'answers+x@nines.example.org',
  action: { label: 'Acknowledge', url: ACK_LINK },
  ...more,
});

function send(terms: Terms, { port, token = 'right', timeoutMs = 10 * TIMEOUT_MS, signal = never, more, ...given }: Sending): Promise<Outcome> {
  const url = `http://127.0.0.1:${port}`;
  const channel = terms.make({ port, url, token, timeoutMs, clock: systemClock });
  return channel.send(message(channel.name, given.address ?? terms.address(url, token), more), signal);
} // prettier-ignore

/** What a channel has no word for is no test of it. */
const where = (it: boolean): typeof test | (() => void) => (it ? test : () => undefined);

const LONG: [string, string][] = [
  ['of letters', 'word '.repeat(13_000)],
  ['of what must be escaped', '&<>*_\\"\n'.repeat(8_000)],
  ['of quotes', '"\\'.repeat(32_000)],
  ['of emoji', '🔥'.repeat(16_000)],
  ['of one word', 'x'.repeat(64_000)],
  ['of lines', 'line\n\n'.repeat(10_000)],
  ['of half pairs', `${'🔥'.repeat(2_000)}\ud83d`.repeat(4)],
];
const ODD = '*bold* _under_ `code` ~no~ <!channel> <@U1> @everyone [a](https://evil) <b>x</b> & &amp; \\ | # >';
const SCRIPTS = 'שלום עברית العربية 日本語 🔥👩‍🚒';

describe.each(rows)('%s', (_, terms) => {
  let side: OtherSide;
  let count = 0;
  beforeAll(async () => {
    side = await terms.start();
  });
  afterAll(() => side[Symbol.asyncDispose]());
  const ask = (given: Omit<Sending, 'port'> = {}): Promise<Outcome> => send(terms, { port: side.port, ...given });
  /** What readers saw of it: the newest. */
  const arrives = async (more: Partial<Message> = {}) => {
    const outcome = await ask({ more: { key: `page:01h:0:0:ana:${(count += 1)}`, ...more } });
    expect(outcome, side.refused.join().slice(0, 500)).toMatchObject({ kind: 'accepted' });
    const shown = await side.shown(count);
    return { outcome, shown: shown.at(-1)!, all: shown };
  };

  test('a page arrives with its text and its links; it is sent, and no more is claimed', async () => {
    const { outcome, shown } = await arrives();
    expect(shown.text).toContain('Restart the cache');
    if (!terms.titleOnly) expect(shown.text).toContain('Errors at 4.2 %.');
    expect([ACK_LINK, PAGE_LINK].filter((link) => shown.links.includes(link))).toEqual([ACK_LINK, PAGE_LINK].slice(0, terms.links));
    expect(outcome).toMatchObject({ kind: 'accepted', answer: expect.stringMatching(terms.answer) as string });
    expect('delivered' in outcome ? outcome.delivered : undefined).toBe(terms.delivered);
  });

  test('it can be answered as far as the channel carries an answer; the news of it can not', async () => {
    const page = await arrives();
    expect(page.shown.answers ?? []).toEqual(terms.answers ?? []);
    if (terms.invites !== undefined) expect(page.shown.text).toContain(terms.invites);
    const { action: _action, ...news } = message('webhook', '');
    const { shown } = await arrives({ text: news.text.replace(/Acknowledge: .*\n\n/, ''), reason: 'resolved', ...({ action: undefined } as object) });
    expect(shown.answers ?? []).toEqual([]);
    expect(shown.links).not.toContain(ACK_LINK);
  }); // prettier-ignore

  where(terms.key)('a second copy has the key of the first, and another message has another', async () => {
    const before = (await side.shown(count)).length;
    await arrives({ key: 'page:1:a', about: 'page/1' });
    // A provider that knows the copy shows it no second time.
    expect(await ask({ more: { key: 'page:1:a', about: 'page/1' } })).toMatchObject({ kind: 'accepted' });
    await arrives({ key: 'page:1:b', about: 'page/2' });
    const keys = (await side.shown(count)).slice(before).map(({ key }) => key);
    expect(keys).not.toContain(undefined);
    expect(keys.slice(0, -1).every((key) => key === keys[0])).toBe(true);
    expect(keys.at(-1)).not.toBe(keys[0]);
    count = (await side.shown(count)).length;
  });

  where(terms.closes !== undefined)('the end of a page ends it there, too', async () => {
    const page = await arrives({ about: 'page/9' });
    const end = await arrives({ about: 'page/9', reason: 'resolved' });
    expect(end.shown.key).toBe(page.shown.key);
    expect(end.shown.text).toMatch(terms.closes!);
  });

  test('what an alert says is text, whatever it holds, in any script', async () => {
    const { shown } = await arrives({ subject: `Look: ${SCRIPTS} <b>&*_`, text: `${ODD} \u0000\u0007\n- second line` });
    expect(shown.text).toContain(terms.reads?.(`Look: ${SCRIPTS} <b>&*_`) ?? `Look: ${SCRIPTS} <b>&*_`);
    if (terms.titleOnly) return;
    expect(shown.text).toContain(terms.reads?.(ODD) ?? ODD);
    expect(shown.text).toMatch(/\n- second line/);
  });

  test.each(LONG)('a long text %s is cut where the provider cuts, never refused, and keeps its links', async (_what, text) => {
    const links = `\n\nAcknowledge: ${ACK_LINK}\n\nPage: ${PAGE_LINK}`;
    const { shown } = await arrives({ subject: text.slice(0, 500), text: `${text}${links}` });
    expect(shown.text.isWellFormed()).toBe(true);
    if (terms.links > 0) expect(shown.links).toContain(ACK_LINK);
    if (terms.whole) expect(shown.text.length).toBeGreaterThanOrEqual(text.trim().length);
  });

  test('whom the provider does not know is refused for good', async () => {
    expect(await ask({ address: side.stranger })).toMatchObject({ kind: 'refused' });
    expect(await side.shown(count)).toHaveLength(count);
  });

  where(terms.token !== 'none')('a wrong token waits to be mended where it is a setting, and is refused where it is the address', async () => {
    const outcome = await ask({ token: 'wrong' });
    expect(outcome).toMatchObject(terms.token === 'settings' ? { kind: 'failed', channelDown: true } : { kind: 'refused' });
    expect(await side.shown(count)).toHaveLength(count);
  }); // prettier-ignore

  test('asked for patience, or told of a defect, it is tried again', async () => {
    if (side.mood === undefined) return;
    side.mood('too many');
    expect(await ask()).toMatchObject({ kind: 'failed', ...(terms.asks !== undefined && { retryAfterMs: terms.asks }) });
    side.mood('broken');
    expect(await ask()).toMatchObject({ kind: 'failed', channelDown: true });
    side.mood('well');
  });

  test('a stop ends it at once, and is not held against the provider', async () => {
    await using silent = await tcpPeer(() => undefined);
    await terms.prepare?.(silent.port);
    const stop = new AbortController();
    const began = performance.now();
    const given = { port: silent.port, timeoutMs: 30_000, ...(terms.hanging !== undefined && { address: terms.hanging }) };
    const pending = send(terms, { ...given, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('nines ends')), 50);
    expect(await pending).toMatchObject({ kind: 'failed', channelDown: false });
    expect(await send(terms, { ...given, signal: stop.signal }), 'one that had stopped before').toMatchObject({ kind: 'failed' });
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

test('they are all there is', () => {
  const given = { port: 1, url: 'http://127.0.0.1:1', token: 'right', timeoutMs: 1, clock: systemClock };
  const here = new Set(rows.map(([, { make }]) => make(given).name));
  const all = createChannels({ smtp: null, webhook: { secret: 's' }, providers: NO_PROVIDERS }, { clock: systemClock, sql: database.sql, url: 'https://n' }); // prettier-ignore
  // Without its server on this machine, a row is left out.
  expect(all.map(({ name }) => name).filter((name) => !here.has(name) && name !== 'irc')).toEqual([]);
});

const overPorts = rows.filter(([, { hanging }]) => hanging === undefined);

test.concurrent.each(Object.entries(MISDEEDS))('a provider that %s delays nobody, of every channel at once', async (_, misdeed) => {
  await using peer = await tcpPeer(misdeed.do);
  const began = performance.now();
  const outcomes: Record<string, string> = {};
  const retries = new Set<number | undefined>();
  await Promise.all(
    overPorts.map(async ([name, terms]) => {
      await terms.prepare?.(peer.port);
      // One that is answered is given time: the machine may be busy.
      const answers = (misdeed.is !== 'failed' || misdeed.retryAfterMs !== undefined) && terms.protocol === undefined;
      const outcome = await send(terms, { port: peer.port, timeoutMs: answers ? 10 * TIMEOUT_MS : TIMEOUT_MS });
      outcomes[name] = outcome.kind === 'failed' && !outcome.channelDown ? 'failed, but not the provider' : outcome.kind;
      if (outcome.kind === 'failed' && terms.protocol === undefined) retries.add(outcome.retryAfterMs);
    }),
  );
  const isTaken = ({ anything }: Terms): boolean =>
    misdeed.is !== 'failed' && anything !== undefined && (anything === 'really' || misdeed.is === 'nonsense');
  expect(outcomes).toEqual(Object.fromEntries(overPorts.map(([name, terms]) => [name, isTaken(terms) ? 'accepted' : 'failed'])));
  if (misdeed.retryAfterMs !== undefined) expect(retries).toEqual(new Set([misdeed.retryAfterMs]));
  expect(performance.now() - began, 'all of them').toBeLessThan(12 * TIMEOUT_MS);
});

test('bodies without end were not read to theirs', () => {
  // What the system keeps of each connection, for twenty of them.
  expect(flood.bytes).toBeLessThan(256 * 1024 * 1024);
});

const SECRET = 'S3cr3t-0f-the-acc0unt-9d8f7a6b';
const TOLD = [ACK_LINK, ACK_LINK.split('/').at(-1)!, encodeURIComponent(ACK_LINK), SECRET, ...[SECRET, `\0nines\0${SECRET}`, `nines:${SECRET}`].map((one) => Buffer.from(one).toString('base64'))]; // prettier-ignore

test.each([
  ['refuses', '400 Bad Request', 'head'],
  ['refuses', '403 Forbidden', 'body'],
  ['has a defect', '500 Internal Server Error', 'body'],
  ['takes it', '200 OK', 'head'],
] as const)('a provider that %s (%s) and repeats what it was sent, the %s first: no secret is told', async (_, status, first) => {
  for (const [name, terms] of overPorts) {
    await using peer = await tcpPeer(terms.protocol === 'smtp' ? parrotOfMail : parrot(status, first));
    await terms.prepare?.(peer.port);
    const said = JSON.stringify(await send(terms, { port: peer.port, token: SECRET }));
    expect(TOLD.filter((secret) => said.includes(secret)), `${name}: ${said}`).toEqual([]); // prettier-ignore
  }
});

test.each<[name: string, address: string]>([
  ['e-mail', 'ana@example.org, eve@example.org'],
  ['e-mail', 'ana@example.org\r\nRCPT TO:<eve@example.org>'],
  ['e-mail', '<ana@example.org>'],
  ...['webhook', 'Slack by a webhook', 'Mattermost', 'Teams', 'Discord by a webhook'].flatMap((name): [string, string][] => [
    [name, 'file:///etc/passwd'],
    [name, 'https://user:password@example.org/'],
    [name, 'nowhere'],
  ]),
])('%s refuses the address %j without asking anyone, or repeating a password', async (name, address) => {
  const outcome = await send(Object.fromEntries(rows)[name]!, { port: 1, address });
  // What is no webhook's address may be a channel of a bot, and there is none.
  expect(['refused', 'unconfigured']).toContain(outcome.kind);
  expect(JSON.stringify(outcome)).not.toContain('user:password');
});

test('without its settings a channel says what to set', async () => {
  const unset = createChannels({ smtp: null, webhook: { secret: 's' }, providers: NO_PROVIDERS }, { clock: systemClock, sql: database.sql, url: 'https://n' }); // prettier-ignore
  const told = await Promise.all(unset.map(async (one) => [one.name, await one.send(message(one.name, '#x', { person: 'nobody' }), never)] as const)); // prettier-ignore
  for (const [name, outcome] of told) {
    // These have nothing but the address; whom it is for has subscribed no browser.
    if (['webhook', 'mattermost', 'teams', 'discord', 'push', 'pagerduty'].includes(name)) continue;
    expect(outcome, name).toMatchObject({ kind: 'unconfigured', error: expect.stringMatching(/[Ss]et \w+.* in nines\.yaml/) as string });
  }
});
