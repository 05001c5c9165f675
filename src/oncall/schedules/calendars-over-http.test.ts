/** Calendars of holidays as they are in life: on someone's web server, which changes them, says that nothing changed, and breaks. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../../../test/harness/story/world.ts';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { deliveryMigrations } from '../../delivery/index.ts';
import { ledgerMigrations } from '../../ledger/index.ts';
import { jobsMigrations } from '../../platform/jobs/index.ts';
import type { Shift } from '../contract.ts';
import { oncallMigrations } from '../index.ts';
import type { CalendarJson } from './contract.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = '2026-01-06T10:00:00Z';

const day = (from: string, to: string, summary: string): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', 'BEGIN:VEVENT', `UID:${from}@x`, 'DTSTAMP:20260101T000000Z', `DTSTART;VALUE=DATE:${from}`, `DTEND;VALUE=DATE:${to}`, `SUMMARY:${summary}`, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n'); // prettier-ignore

/** What the web server has, by path, and what it was asked. */
const files = new Map<string, { status: number; body: string; etag?: string }>();
const asked: string[] = [];
const server = http.createServer(({ url = '', headers }, response) => {
  const { status, body, etag } = files.get(url) ?? { status: 404, body: 'no such file', etag: undefined };
  const same = etag !== undefined && headers['if-none-match'] === etag;
  asked.push(`${url} ${same ? 304 : status}`);
  response.writeHead(same ? 304 : status, etag === undefined ? {} : { etag }).end(same ? undefined : body);
});

let database: TestSql;
let world: World;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  files.set('/public.ics', { status: 200, body: day('20260108', '20260109', 'Holiday'), etag: '"1"' });
  files.set('/ana.ics', { status: 200, body: day('20260107', '20260109', 'Skiing') });
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations]);
  const people = ['ana', 'ben', 'cleo'].map((name) => `apiVersion: nines/v1\nkind: Person\nmetadata: { name: ${name} }\nspec: { email: ${name}@example.org, timeZone: Europe/Berlin }\n`); // prettier-ignore
  const documents = [
    ...people,
    `apiVersion: nines/v1\nkind: Calendar\nmetadata: { name: public }\nspec: { url: '${url}/public.ics' }\n`,
    `apiVersion: nines/v1\nkind: Calendar\nmetadata: { name: ana-away }\nspec: { url: '${url}/ana.ics', people: [ana] }\n`,
    "apiVersion: nines/v1\nkind: Schedule\nmetadata: { name: store }\nspec: { timeZone: Europe/Berlin, secondary: none, rotation: { people: [ana, ben], start: '2026-01-05' } }\n",
    `apiVersion: nines/v1
kind: Schedule
metadata: { name: desk }
spec:
  timeZone: Europe/Berlin
  secondary: none
  holidays: [public]
  layers:
    - { name: always, people: [ben], start: '2026-01-05' }
    - { name: office, people: [cleo], start: '2026-01-05', hours: [{ days: [monday, tuesday, wednesday, thursday, friday], from: '09:00', to: '17:00' }] }
`,
  ];
  world = new World(database.sql, START, documents.join('---\n'));
  await world.start();
});
afterAll(async () => {
  await world.process.jobs.stop();
  await database[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Who is called for a schedule at a time. */
async function primary(name: string, at: string): Promise<string | undefined> {
  const query = { from: at, to: new Date(Date.parse(at) + 1_000).toISOString() };
  const { shifts } = (await world.request('GET', '/nines/v1/schedules/:name/shifts', { params: { name }, query })) as { shifts: Shift[] };
  return shifts[0]?.primary?.name;
}
const calendar = async (name: string): Promise<CalendarJson | undefined> =>
  ((await world.request('GET', '/nines/v1/calendars', {})) as { calendars: CalendarJson[] }).calendars.find((one) => one.name === name);
const health = (): string => world.health.list().find(({ component }) => component === 'calendars')?.state ?? 'not told';
const told = async (kind: string): Promise<number> => (await world.process.ledger.read({ kind })).events.length;
const after = (ms: number): Promise<void> => world.until(Date.parse(START) + ms);

const NOON = { wednesday: '2026-01-07T11:00:00Z', thursday: '2026-01-08T11:00:00Z', friday: '2026-01-09T11:00:00Z', nextWednesday: '2026-01-14T11:00:00Z' }; // prettier-ignore

test('a public holiday is a Sunday for the hours of a layer; who is away is not called', async () => {
  expect(asked.toSorted()).toEqual(['/ana.ics 200', '/public.ics 200']);
  expect([await primary('desk', NOON.wednesday), await primary('desk', NOON.thursday), await primary('desk', NOON.friday)]).toEqual(['cleo', 'ben', 'cleo']); // prettier-ignore
  expect([await primary('store', NOON.wednesday), await primary('store', NOON.thursday), await primary('store', NOON.friday)]).toEqual(['ben', 'ben', 'ana']); // prettier-ignore
  expect(await calendar('public')).toMatchObject({ events: 1, problem: null, fetchedAt: new Date(START).toISOString() });
  expect(await told('calendar.changed')).toBe(2);
});

test('once a day it is asked for, and one that is the same is neither sent nor told of again', async () => {
  asked.length = 0;
  await after(DAY + 60_000);
  expect(asked.toSorted()).toEqual(['/ana.ics 200', '/public.ics 304']);
  expect(await primary('desk', NOON.thursday)).toBe('ben');
  expect((await calendar('public'))?.fetchedAt).not.toBe(new Date(START).toISOString());
  expect(await told('calendar.changed')).toBe(2);
});

test('a file that breaks leaves the last good one in force, is tried every hour, and after days health says so', async () => {
  files.set('/public.ics', { status: 200, body: '<html>We have moved</html>' });
  await after(2 * DAY + 120_000);
  expect(await calendar('public')).toMatchObject({ events: 1, problem: expect.stringMatching(/./) as string });
  expect(await primary('desk', NOON.thursday)).toBe('ben');
  expect([await told('calendar.failed'), health()]).toEqual([1, 'ok']);
  files.set('/public.ics', { status: 500, body: 'out of order' });
  asked.length = 0;
  await after(2 * DAY + 3 * HOUR + 120_000);
  expect(asked.filter((one) => one === '/public.ics 500')).toHaveLength(3);
  expect((await calendar('public'))?.problem).toContain('500');
  await after(4 * DAY + 2 * HOUR);
  expect(health()).toBe('degraded');
  expect(world.health.list().find(({ component }) => component === 'calendars')?.problem).toContain("The calendar 'public' has not been read for days, and its last copy counts"); // prettier-ignore
  // Also in a process that begins now.
  await world.restart();
  expect([await primary('desk', NOON.thursday), health()]).toEqual(['ben', 'degraded']);
});

test('as soon as it is whole again it is taken, whoever is called by it changes, and health is well', async () => {
  expect(await primary('desk', NOON.nextWednesday)).toBe('cleo');
  files.set('/public.ics', { status: 200, body: day('20260114', '20260115', 'Holiday, moved'), etag: '"2"' });
  await after(4 * DAY + 4 * HOUR);
  expect(await calendar('public')).toMatchObject({ events: 1, problem: null });
  expect([await primary('desk', NOON.thursday), await primary('desk', NOON.nextWednesday)]).toEqual(['cleo', 'ben']);
  expect([await told('calendar.changed'), health()]).toEqual([3, 'ok']);
});
