import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { permits } from '../../access/permits.ts';
import { catalogKinds, checkDocuments, type ResourceSet } from '../../catalog/index.ts';
import type { Message } from '../../delivery/index.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { toPng } from '../../monitoring/index.ts';
import type { ObjectiveStatus } from '../../objectives/contract.ts';
import { oncallKinds } from '../../oncall/index.ts';
import { createCallRoute, type Reply, route } from '../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { chatMigrations } from '../migrations.ts';
import { createDailyReports } from './daily-reports.ts';
import { dailyReportKind, type DailyReportSpec } from './daily-report-kind.ts';
import { drawReport } from './draw-report.ts';
import { dueReport } from './due.ts';
import { type ReportData, reportText } from './report-data.ts';

const BERLIN = { at: '08:30', timeZone: 'Europe/Berlin', days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as DailyReportSpec['days'] }; // prettier-ignore
const NIGHT = { ...BERLIN, at: '02:30' };
const WEEKDAYS = { ...BERLIN, days: BERLIN.days.slice(0, 5) };

type Row = [about: string, times: typeof BERLIN, sent: string | null, now: string, day: string | null, next: string];
const table: Row[] = [
  ['before', BERLIN, '2026-11-23', '2026-11-24T07:29:59Z', null, '2026-11-24T07:30:00.000Z'],
  ['on time', BERLIN, '2026-11-23', '2026-11-24T07:30:00Z', '2026-11-24', '2026-11-25T07:30:00.000Z'],
  ['sent already', BERLIN, '2026-11-24', '2026-11-24T07:30:01Z', null, '2026-11-25T07:30:00.000Z'],
  ['missed for an hour', BERLIN, '2026-11-23', '2026-11-24T08:30:00Z', '2026-11-24', '2026-11-25T07:30:00.000Z'],
  ['missed for too long', BERLIN, '2026-11-23', '2026-11-24T13:31:00Z', null, '2026-11-25T07:30:00.000Z'],
  ['new, and late today', BERLIN, null, '2026-11-24T08:00:00Z', '2026-11-24', '2026-11-25T07:30:00.000Z'],
  ['the day before the clocks go forward', BERLIN, '2026-03-28', '2026-03-28T12:00:00Z', null, '2026-03-29T06:30:00.000Z'],
  ['the day that the clocks go forward', BERLIN, '2026-03-28', '2026-03-29T06:30:00Z', '2026-03-29', '2026-03-30T06:30:00.000Z'],
  ['the day before the clocks go back', BERLIN, '2026-10-24', '2026-10-24T12:00:00Z', null, '2026-10-25T07:30:00.000Z'],
  ['a time that is skipped', NIGHT, '2026-03-28', '2026-03-29T00:00:00Z', null, '2026-03-29T01:30:00.000Z'],
  ['a time that is skipped, then', NIGHT, '2026-03-28', '2026-03-29T01:30:00Z', '2026-03-29', '2026-03-30T00:30:00.000Z'],
  ['a time that comes twice', NIGHT, '2026-10-24', '2026-10-25T00:30:00Z', '2026-10-25', '2026-10-26T01:30:00.000Z'],
  ['its second coming', NIGHT, '2026-10-25', '2026-10-25T01:30:00Z', null, '2026-10-26T01:30:00.000Z'],
  ['no weekend', WEEKDAYS, '2026-11-20', '2026-11-21T08:00:00Z', null, '2026-11-23T07:30:00.000Z'],
  ['yesterday evening, after midnight', { ...BERLIN, at: '23:30' }, '2026-11-22', '2026-11-24T00:30:00Z', '2026-11-23', '2026-11-24T22:30:00.000Z'],
]; // prettier-ignore
test.each(table)('due: %s', (_, times, sent, now, day, next) => {
  const due = dueReport(times, sent, Date.parse(now));
  expect([due.now?.day ?? null, new Date(due.next).toISOString()]).toEqual([day, next]);
});

const objective = (title: string, remaining: number | null, state: ObjectiveStatus['state']): ObjectiveStatus => ({
  name: title.toLowerCase(), title, service: 'shop', target: 0.999, windowMs: 30 * 86_400_000, attainment: 0.9995, good: 1, total: 2,
  budget: { allowed: 1, spent: 0, remaining }, burnRates: [{ windowMs: 300_000, rate: 1 }], exhaustedAt: null, state, alerts: [], evaluatedAt: '2026-11-24T07:30:00.000Z',
}); // prettier-ignore
const NOW = Date.parse('2026-11-24T07:30:00Z');
const data: ReportData = {
  team: 'Store <&>',
  day: 'Tuesday 24 November 2026',
  timeZone: 'Europe/Berlin',
  objectives: [objective('Orders are taken', -0.2, 'exhausted'), objective('Pages are fast', 0.63, 'ok')],
  graphs: [0, 1, 2].map((i) => ({
    title: `Graph ${i}`, expr: 'x', threshold: 0.001, unit: 'ratio', from: NOW - 86_400_000, to: NOW, left: 0, problem: null,
    series: [{ name: 'x', points: Array.from({ length: 50 }, (_, k) => [NOW - 86_400_000 + k * 1_700_000, Math.sin(k) ** 2 / 500] as const) }],
  })),
  pages: [{ time: '03:00', subject: 'Restart the web servers', answered: 'Ana' }],
  pagesMore: 2,
  onCall: [{ schedule: 'store', who: 'Ana, then Ben' }],
}; // prettier-ignore

test('a report in words says the worst first', () => {
  const { subject, text } = reportText(data);
  expect(subject).toBe('a budget is spent');
  expect(text).toContain('Orders are taken: overspent by 20 % (exhausted)\nPages are fast: 63 % of the budget left');
  expect(text).toContain('Pages since yesterday: 3\n03:00 Restart the web servers (Ana)\nand 2 more');
  expect(text).toContain('On call for store: Ana, then Ben');
  expect(reportText({ ...data, objectives: [], pages: [], pagesMore: 0 })).toMatchObject({ subject: 'all is well' });
});

test('a report as a picture is whole, whatever words are in it', async () => {
  const svg = drawReport(data);
  expect(svg).toContain('Store &lt;&amp;&gt;');
  expect(svg.match(/<svg /g)).toHaveLength(4);
  expect(svg.match(/time in Berlin, 2026-11-23 to 2026-11-24/g)).toHaveLength(3);
  const png = await toPng(svg, 1);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16), 'of the width of a phone, not shrunk to nothing on one').toBe(600);
});

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...chatMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const DOCUMENTS = `apiVersion: nines/v1
kind: Team
metadata: { name: store, displayName: Store }
spec: { members: [] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { owner: store }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org }
---
apiVersion: nines/v1
kind: Schedule
metadata: { name: store }
spec: { team: store, timeZone: Europe/Berlin, rotation: { people: [ana], start: '2026-11-23' } }
---
apiVersion: nines/v1
kind: DailyReport
metadata: { name: morning }
spec:
  team: store
  to: [{ channel: email, address: store@example.org }, { channel: slack, address: '#store' }]
`;

test('sent once a day: not again after a restart, and late where nines was down at the time', async () => {
  const { sql } = database;
  const clock = new VirtualClock('2026-11-24T07:00:00Z');
  const { set, problems } = checkDocuments([{ file: 'a.yaml', text: DOCUMENTS }], { kinds: [...catalogKinds, ...oncallKinds, dailyReportKind], foreignKinds: [] }, clock.now()); // prettier-ignore
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const sent: Message[] = [];
  const routes = [
    route({ method: 'GET', path: '/nines/v1/objectives', access: 'viewer', summary: '', handler: () => ({ objectives: data.objectives }) }),
    route({ method: 'GET', path: '/nines/v1/pages', access: 'viewer', summary: '', handler: () => ({ pages: [] }) }),
    route({ method: 'GET', path: '/nines/v1/oncall/now', access: 'viewer', summary: '', handler: () => ({ schedules: [] }) }),
  ];
  const boot = async () => {
    const jobs = createJobs({ sql, clock, log: silentLog });
    const listeners: ((set: ResourceSet) => void)[] = [];
    const catalog = { current: () => set, onChange: (listener: (set: ResourceSet) => void) => void listeners.push(listener) };
    const delivery = { send: (_: unknown, messages: readonly Message[]) => (sent.push(...messages), Promise.resolve()) };
    const range = () => Promise.reject(new Error('no samples'));
    const reports = createDailyReports({ sql, clock, jobs, catalog, delivery, ledger: createLedger({ sql, clock }), call: createCallRoute(() => routes, permits), url: 'https://n', query: { range } }); // prettier-ignore
    reports.start();
    await jobs.start();
    for (const listener of listeners) listener(set);
    await expect.poll(async () => (await jobs.stats()).length).toBeGreaterThan(0);
    await jobs.idle();
    return { jobs, routes: reports.routes };
  };
  const first = await boot();
  expect(sent).toEqual([]);
  await clock.advance(30 * 60_000);
  await first.jobs.idle();
  expect(sent.map(({ key, channel, subject }) => `${key} ${channel} ${subject}`)).toEqual([
    'daily:morning:2026-11-24:0 email Store: a budget is spent',
    'daily:morning:2026-11-24:1 slack Store: a budget is spent',
  ]);
  expect(sent[0]!.attachments).toHaveLength(1);
  const id = /reports\/([0-9a-z]{32})\/report\.png/.exec(sent[1]!.text)![1]!;
  const picture = (await first.routes[0]!.handler({ params: { id } } as never)) as Reply;
  expect((picture.body as Buffer).subarray(1, 4).toString()).toBe('PNG');
  await first.jobs.stop();

  const second = await boot();
  expect(sent).toHaveLength(2);
  await second.jobs.stop();
  await clock.advance(25 * 3_600_000);
  const third = await boot();
  expect(sent.map(({ key }) => key).slice(2)).toEqual(['daily:morning:2026-11-25:0', 'daily:morning:2026-11-25:1']);
  await third.jobs.stop();
});
