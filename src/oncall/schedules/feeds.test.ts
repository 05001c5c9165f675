import ICAL from 'ical.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoryClock } from '../../../test/harness/story/story-clock.ts';
import { World } from '../../../test/harness/story/world.ts';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { deliveryMigrations } from '../../delivery/index.ts';
import { ledgerMigrations } from '../../ledger/index.ts';
import type { Principal, Reply } from '../../platform/http/index.ts';
import { jobsMigrations } from '../../platform/jobs/index.ts';
import { icalFeed } from '../calendars/ical-out.ts';
import { oncallMigrations } from '../index.ts';
import type { CalendarLink } from './contract.ts';

const DOCUMENTS = ['ana', 'ben', 'cleo']
  .map((name) => `apiVersion: nines/v1\nkind: Person\nmetadata: { name: ${name}, displayName: '${name.toUpperCase()}, of the store; and more' }\nspec: { email: ${name}@example.org }\n`)
  .concat("apiVersion: nines/v1\nkind: Schedule\nmetadata: { name: store }\nspec: { timeZone: Europe/Berlin, rotation: { people: [ana, ben, cleo], start: '2026-01-05' } }\n")
  .concat("apiVersion: nines/v1\nkind: Schedule\nmetadata: { name: warehouse }\nspec: { timeZone: Europe/Berlin, secondary: none, rotation: { people: [cleo, ana], start: '2026-01-05' } }\n")
  .join('---\n'); // prettier-ignore

let database: TestSql;
let world: World;

beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations]);
  world = new World(database.sql, '2026-01-06T10:00:00Z', DOCUMENTS);
  await world.start();
});
afterAll(async () => {
  await world.process.jobs.stop();
  await database[Symbol.asyncDispose]();
});

const principal = (person: string | null, role: Principal['role'] = 'responder'): Principal => ({ kind: 'account', actor: `person:${person}`, name: person ?? 'x', person, role }); // prettier-ignore

async function link(body: Record<string, unknown>, who: Principal): Promise<string> {
  const answer = (await world.request('POST', '/nines/v1/oncall/calendar-links', {
    body: { renew: false, ...body },
    principal: who,
  })) as CalendarLink;
  return answer.url;
}

async function feed(url: string, headers: Record<string, string> = {}): Promise<Reply> {
  return (await world.request('GET', '/shifts/:file', { params: { file: url.split('/').at(-1)! }, headers })) as Reply;
}

const events = (reply: Reply) => {
  const calendar = new ICAL.Component(ICAL.parse(String(reply.body)) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
};

test("a person's shifts, as another program reads them", async () => {
  const reply = await feed(await link({ kind: 'person' }, principal('ana')));
  expect([reply.status, reply.headers?.['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
  for (const line of String(reply.body).split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const found = events(reply).slice(0, 2);
  expect(found.map((one) => [one.summary, one.startDate.toJSDate().toISOString(), one.endDate.toJSDate().toISOString(), one.uid])).toEqual([
    ['On call (primary): store', '2026-01-04T23:00:00.000Z', '2026-01-12T08:00:00.000Z', 'store-primary-ana-1767567600000@nines'],
    ['On call (secondary): store', '2026-01-19T08:00:00.000Z', '2026-01-26T08:00:00.000Z', 'store-secondary-ana-1768809600000@nines'],
  ]); // prettier-ignore
  expect(found[0]?.description).toBe('secondary: BEN, of the store; and more');
});

test('of a schedule: everyone; the same shifts are the same bytes, and a swap keeps the event', async () => {
  const url = await link({ kind: 'schedule', name: 'store' }, principal('ana'));
  const before = await feed(url);
  const etag = before.headers?.['etag'] ?? '';
  expect(await feed(url, { 'if-none-match': etag })).toMatchObject({ status: 304 });
  const uids = (reply: Reply): string[] => events(reply).map((one) => one.uid);
  expect(new Set(uids(before)).size).toBe(uids(before).length);
  // Ben takes the whole of Cleo's week.
  const body = { layer: 'primary', from: '2026-01-19T08:00:00Z', to: '2026-01-26T08:00:00Z', person: 'ben', reason: '' };
  await world.request('POST', '/nines/v1/schedules/:name/overrides', { params: { name: 'store' }, body, principal: principal('ben') });
  const after = await feed(url, { 'if-none-match': etag });
  expect(after.status).toBe(200);
  expect(uids(after)).toEqual(uids(before));
  expect(events(after).find((one) => one.uid.includes('-primary-1768809600000'))?.summary).toBe(
    'BEN, of the store; and more (primary): store',
  );
});

test('an address is its own: of someone else only an admin gets it; renewed, the old one leads nowhere', async () => {
  await expect(link({ kind: 'person', name: 'ben' }, principal('ana'))).rejects.toThrow("The address of ben's shifts is ben's own.");
  await expect(link({ kind: 'schedule', name: 'store', renew: true }, principal('ana'))).rejects.toThrow('only an admin');
  await expect(link({ kind: 'team', name: 'nobody' }, principal('ana'))).rejects.toThrow("There is no team 'nobody'.");
  const old = await link({ kind: 'person' }, principal('ben'));
  expect(await link({ kind: 'person', name: 'ben' }, principal('ana', 'admin'))).toBe(old);
  const fresh = await link({ kind: 'person', renew: true }, principal('ben'));
  expect(fresh).not.toBe(old);
  await expect(feed(old)).rejects.toThrow('There is no calendar');
  await expect(feed('x/../../etc.ics')).rejects.toThrow('There is no calendar');
  expect((await feed(fresh)).status).toBe(200);
});

test("someone's own has the shifts of all schedules, with what they took, gave away and swapped", async () => {
  const ana = await link({ kind: 'person' }, principal('ana'));
  const shifts = async (schedule: string): Promise<string[]> =>
    events(await feed(ana))
      .filter((one) => one.uid.startsWith(schedule) && one.summary.includes('primary') && one.startDate.toJSDate() < new Date('2026-01-26'))
      .map((one) => `${one.startDate.toJSDate().toISOString().slice(5, 16)} to ${one.endDate.toJSDate().toISOString().slice(5, 16)}`);
  expect(await shifts('store')).toEqual(['01-04T23:00 to 01-12T08:00']);
  expect(await shifts('warehouse')).toEqual(['01-12T08:00 to 01-19T08:00']);
  const override = (name: string, who: string, by: string, from: string, to: string) =>
    world.request('POST', '/nines/v1/schedules/:name/overrides', { params: { name }, body: { layer: 'primary', from, to, person: who, reason: '' }, principal: principal(by) }); // prettier-ignore
  await override('store', 'ana', 'ana', '2026-01-14T10:00:00Z', '2026-01-14T12:00:00Z');
  await override('store', 'ben', 'ana', '2026-01-07T08:00:00Z', '2026-01-07T20:00:00Z');
  expect(await shifts('store')).toEqual(['01-04T23:00 to 01-07T08:00', '01-07T20:00 to 01-12T08:00', '01-14T10:00 to 01-14T12:00']);
  const give = { from: '2026-01-13T08:00:00Z', to: '2026-01-14T08:00:00Z' };
  const back = { from: '2026-01-20T08:00:00Z', to: '2026-01-21T08:00:00Z' };
  const offered = (await world.request('POST', '/nines/v1/swaps', { body: { schedule: 'warehouse', layer: 'primary', to: 'cleo', give, back, note: '' }, principal: principal('ana') })) as { body: { id: string } }; // prettier-ignore
  expect(await shifts('warehouse'), 'an offer is none yet').toEqual(['01-12T08:00 to 01-19T08:00']);
  await world.request('POST', '/nines/v1/swaps/:id/accept', { params: { id: offered.body.id }, principal: principal('cleo') });
  expect(await shifts('warehouse')).toEqual(['01-12T08:00 to 01-13T08:00', '01-14T08:00 to 01-19T08:00', '01-20T08:00 to 01-21T08:00']);
});

test('whatever names hold, it stays one calendar', () => {
  const name = 'Ünïcode \u{1F6A8} of, the; store\r\nBEGIN:VEVENT\\';
  const event = { uid: 'a@nines', from: 0, to: 3_600_000, summary: name.repeat(5), description: name, url: 'https://nines.example.org' };
  const text = icalFeed({ name, stamp: new StoryClock('2026-01-01T00:00:00Z').now(), events: [event] });
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  expect(calendar.getAllSubcomponents('vevent')).toHaveLength(1);
  expect(new ICAL.Event(calendar.getAllSubcomponents('vevent')[0]).summary).toBe(name.replace('\r\n', '\n').repeat(5));
});
