import { sql as template } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ntfyServer } from '../../../../test/harness/channels/ntfy-server.ts';
import { startPhone, subscribe } from '../../../../test/harness/channels/push-sides.ts';
import { createTestSql, type TestSql } from '../../../../test/harness/test-sql.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Reply } from '../../../platform/http/index.ts';
import { jobsMigrations } from '../../../platform/jobs/index.ts';
import { tryWays } from '../../attempts/try-ways.ts';
import type { Message } from '../../messages/message.ts';
import { insertDeliveries, findDelivery, updateDelivery } from '../../deliveries/delivery-store.ts';
import { deliveryMigrations } from '../../migrations.ts';
import { startDouble } from '../provider-double.ts';
import { createPushChannel } from './push-channel.ts';
import { createDevice } from './push-device.ts';
import { startPushDouble } from './push-double.ts';
import { pushRoutes } from './push-routes.ts';
import { isPushService } from './push-services.ts';
import { subscriptionsOf, vapidKeys } from './push-store.ts';

let database: TestSql;
let publicKey = '';
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...deliveryMigrations]);
  ({ publicKey } = await vapidKeys(database.sql));
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => template`truncate push_subscriptions, deliveries cascade`.execute(database.sql.db()));

const clock = systemClock;
const deps = { clock, url: 'https://nines.example.org' };
const message = (more: Partial<Message> = {}): Message => ({
  key: 'page:p1:0:0:ana:push', channel: 'push', address: 'all', subject: 'Restart the cache', text: 'Errors at 4.2 %.\n\nPage: https://nines.example.org/pages/p1', priority: 0, reason: 'page', person: 'ana', about: 'page/p1',
  action: { label: 'Acknowledge', url: 'https://nines.example.org/a/secret' }, ...more,
}); // prettier-ignore

async function setUp() {
  const { sql } = database;
  const double = await startPushDouble(() => publicKey);
  const push = { services: [double.url] };
  const channel = createPushChannel(push, { sql, clock, url: 'https://nines.example.org', timeoutMs: 1_000 });
  const routes = pushRoutes({ sql, clock, push });
  const ask = async (method: string, path: string, given: Record<string, unknown> = {}) =>
    routes
      .find((one) => one.method === method && one.path === path)!
      .handler({ principal: { person: 'ana', name: 'Ana' }, ...given } as never);
  const subscribe = async (label: string, who = 'ana') => {
    const device = double.subscribe();
    const answer = (await ask('POST', '/nines/v1/devices', { body: { ...device, label }, principal: { person: who, name: who } })) as Reply;
    return { ...device, id: (answer.body as { id: string }).id };
  };
  const send = (more: Partial<Message> = {}) => channel.send(message(more), new AbortController().signal);
  return { sql, double, ask, subscribe, send, [Symbol.asyncDispose]: () => double[Symbol.asyncDispose]() };
}

test('the device of these tests reads the message that RFC 8291 has for an example', () => {
  const device = createDevice({ privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', auth: 'BTBZMqHH6r4Tts7J_aSIgg' });
  const body = Buffer.from('DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN', 'base64url');
  expect(device.keys.p256dh).toBe('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4');
  expect(device.open(body)).toBe('When I grow up, I want to be a watermelon');
  expect(() => createDevice().open(body)).toThrow('authenticate');
}); // prettier-ignore

test('every device of the person gets the page, encrypted for it, with what its button needs', async () => {
  await using world = await setUp();
  const phone = await world.subscribe('Phone');
  const laptop = await world.subscribe('Laptop');
  const others = await world.subscribe('Phone', 'ben');
  expect(await world.send(), world.double.refused.join()).toMatchObject({
    kind: 'accepted',
    answer: expect.stringContaining('Phone: 201') as string,
  });
  const content = {
    title: 'Restart the cache',
    body: 'Errors at 4.2 %.',
    urgent: true,
    acknowledge: 'https://nines.example.org/a/secret',
    url: 'https://nines.example.org/pages/p1',
    tag: 'page:p1:0:0:ana:push',
  };
  expect(phone.got).toEqual([{ data: content, ttl: 3_600, urgency: 'high' }]);
  expect(laptop.got).toHaveLength(1);
  expect(others.got).toEqual([]);
  await world.send({ address: 'Laptop' });
  expect([phone.got.length, laptop.got.length]).toEqual([1, 2]);
});

test.each([['of quotes', '"'], ['of CJK', '語'], ['of emoji', '🔥'], ['of lines', 'x\n']])('a page whose every part is long, %s, fits into what push services take', async (_, text) => {
  await using world = await setUp();
  const phone = await world.subscribe('Phone');
  const long = (path: string): string => `https://nines.example.org/${path.padEnd(270, 'x')}`;
  const page = { key: 'k'.repeat(300), subject: text.repeat(500), text: `${text.repeat(5_000)}\n\nPage: ${long('pages/')}`, action: { label: 'Acknowledge', url: long('a/') }, delivery: '01'.repeat(13) };
  expect(await world.send(page), world.double.refused.join()).toMatchObject({ kind: 'accepted' });
  expect(phone.got[0]!.data).toMatchObject({ acknowledge: long('a/'), url: long('pages/') });
  expect(String(phone.got[0]!.data['body']).length).toBeGreaterThan(600);
}); // prettier-ignore

test('what a push service says again of the secret address is kept nowhere', async () => {
  const { sql } = database;
  const topic = 'upk7f3secret-x';
  await using parrot = await startDouble(() => ({ address: '', stranger: '' }), ({ path }) => ({ status: 403, body: `${path}: forbidden` })); // prettier-ignore
  const channel = createPushChannel({ services: [parrot.url] }, { sql, ...deps });
  await subscribe(sql, { endpoint: `${parrot.url}/${topic}?up=1`, ...createDevice().keys, label: 'Phone' });
  expect(await channel.send(message(), AbortSignal.timeout(5_000))).toMatchObject({ kind: 'failed', error: 'Phone: 403 Forbidden: /***: forbidden' });
}); // prettier-ignore

test.skipIf(!ntfyServer)('a phone whose push service has not seen it for long is waited for, and no other', async () => {
  const { sql } = database;
  await using phone = await startPhone({ strict: true });
  await subscribe(sql, { endpoint: phone.endpoint, ...phone.keys, label: 'Phone' });
  const channel = createPushChannel({ services: [new URL(phone.endpoint).origin] }, { sql, ...deps });
  const send = () => channel.send(message(), AbortSignal.timeout(10_000));
  expect(await send()).toMatchObject({ kind: 'failed', channelDown: false, error: expect.stringContaining('507') as string });
  await phone.got();
  expect(await send()).toMatchObject({ kind: 'accepted' });
  expect(await phone.got()).toMatchObject([{ title: 'Restart the cache' }]);
});

test.each([
  [429, true],
  [406, true],
  [503, true],
  [507, false],
])('a push service that says %i is asked again; whether it is held against all of them: %s', async (status, channelDown) => {
  const { sql } = database;
  await using service = await startDouble(() => ({ address: '', stranger: '' }), () => ({ status, body: 'later' })); // prettier-ignore
  await subscribe(sql, { endpoint: `${service.url}/x`, ...createDevice().keys, label: 'Phone' });
  const channel = createPushChannel({ services: [service.url] }, { sql, ...deps });
  expect(await channel.send(message(), AbortSignal.timeout(10_000))).toMatchObject({ kind: 'failed', channelDown });
});

test('a push service that is down is no fault of those of other devices', async () => {
  const { sql } = database;
  await using one = await startDouble(() => ({ address: '', stranger: '' }), () => ({ status: 503, body: 'later' })); // prettier-ignore
  await using other = await startDouble(() => ({ address: '', stranger: '' }), () => ({ status: 201, body: '' })); // prettier-ignore
  const channel = createPushChannel({ services: [one.url, other.url] }, { sql, ...deps });
  const tried = async () => (await tryWays({ sql, clock }, channel, message(), AbortSignal.timeout(10_000))).tries[0]!;
  const [host, otherHost] = [one, other].map(({ url }) => new URL(url).host) as [string, string];
  expect((await tried()).provider.peer).toBe('Web Push');
  await subscribe(sql, { endpoint: `${one.url}/x`, ...createDevice().keys, label: 'Phone' });
  expect(await tried()).toMatchObject({ provider: { peer: host }, outcome: { kind: 'failed', channelDown: true } });
  await subscribe(sql, { endpoint: `${other.url}/x`, ...createDevice().keys, label: 'Laptop' });
  await subscribe(sql, { endpoint: `${other.url}/y`, ...createDevice().keys, label: 'Tablet' });
  expect(await tried()).toMatchObject({ provider: { peer: [host, otherHost].sort().join(', ') }, outcome: { kind: 'accepted' } });
});

test('a device that has unsubscribed is forgotten; without any it is refused, and says what to do', async () => {
  await using world = await setUp();
  const phone = await world.subscribe('Phone');
  const laptop = await world.subscribe('Laptop');
  world.double.forget(phone);
  expect(await world.send()).toMatchObject({ kind: 'accepted' });
  expect((await subscriptionsOf(world.sql, 'ana')).map(({ label }) => label)).toEqual(['Laptop']);
  world.double.forget(laptop);
  expect(await world.send()).toMatchObject({ kind: 'refused', error: expect.stringContaining('410') as string });
  expect(await world.send()).toMatchObject({ kind: 'refused', error: expect.stringContaining('subscribed no browser') as string });
});

test('a device says that it has a message and that it was opened; nobody else can', async () => {
  await using world = await setUp();
  const phone = await world.subscribe('Phone');
  const [row] = await insertDeliveries(world.sql, [{ message: message() }], clock.now());
  await updateDelivery(world.sql, row!.id, { state: 'sent', sent_at: clock.now() });
  await world.send({ delivery: row!.id });
  const token = String(phone.got[0]!.data['receipt']);
  const say = (state: string, by = token) =>
    world.ask('POST', '/nines/v1/devices/receipts/:token', { params: { token: by }, body: { state } });
  await say('delivered');
  expect(await findDelivery(world.sql, row!.id)).toMatchObject({ delivered_at: expect.any(Number) as number, seen_at: null });
  await say('seen');
  expect(await findDelivery(world.sql, row!.id)).toMatchObject({ seen_at: expect.any(Number) as number });
  await expect(say('seen', `${row!.id}.${'0'.repeat(32)}`)).rejects.toThrow('no notification');
  await expect(say('seen', row!.id)).rejects.toThrow('no notification');
});

test('devices are listed and removed by whose they are, and nines calls no address that is not a push service', async () => {
  await using world = await setUp();
  const phone = await world.subscribe('Phone');
  await world.subscribe('Laptop');
  const list = async (person: string | null = 'ana') =>
    ((await world.ask('GET', '/nines/v1/devices', { principal: { person, name: 'x' } })) as { devices: { label: string }[] }).devices.map(
      ({ label }) => label,
    );
  expect(await list()).toEqual(['Phone', 'Laptop']);
  await expect(
    world.ask('DELETE', '/nines/v1/devices/:id', { params: { id: phone.id }, principal: { person: 'ben', name: 'ben' } }),
  ).rejects.toThrow('no device');
  await world.ask('DELETE', '/nines/v1/devices/:id', { params: { id: phone.id } });
  expect(await list()).toEqual(['Laptop']);
  expect(await list(null)).toEqual([]);
  const body = { endpoint: 'http://169.254.169.254/latest', keys: { p256dh: 'x', auth: 'y' }, label: 'x' };
  await expect(world.ask('POST', '/nines/v1/devices', { body })).rejects.toThrow('not a push service');
  await expect(world.ask('POST', '/nines/v1/devices', { body, principal: { person: null, name: 'guest' } })).rejects.toThrow(
    'stands for no Person',
  );
});

test.each<[string, boolean]>([
  ['https://fcm.googleapis.com/fcm/send/abc', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://web.push.apple.com/x', true],
  ['https://db5p.notify.windows.com/w/?token=x', true],
  ['http://fcm.googleapis.com/x', false],
  ['https://fcm.googleapis.com:8443/x', false],
  ['https://fcm.googleapis.com.example.org/x', false],
  ['https://user@fcm.googleapis.com/x', false],
  ['https://push.example.org/x', true],
  ['https://localhost/x', false],
  ['file:///etc/passwd', false],
  ['', false],
])('%s is a push service: %s', (endpoint, expected) =>
  expect(isPushService(endpoint, ['https://push.example.org', 'nonsense'])).toBe(expected),
);
