/** The parts of the weekly review as tables; how it is told is in scenarios/. */
import { expect, test } from 'vitest';
import type { Severity } from '../../catalog/contract.ts';
import type { LedgerEvent } from '../../ledger/index.ts';
import { occurrencesOf, type Occurrence, type PageOfWeek } from './occurrences.ts';
import { responseTimes } from './response-times.ts';
import { suggestionsFor, type AlertOfWeek } from './suggestions.ts';
import { isNight, reviewTime, weekAfter, weekAt, weekBefore, weekNamed } from './week.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONDAY = Date.parse('2026-11-16T00:00:00Z');

const page = (id: string, over: Partial<PageOfWeek> = {}): PageOfWeek => ({
  id, severity: 'critical', service: 'shop', triggeredAt: MONDAY, acknowledgedAt: null, acknowledgedBy: null, resolvedByHand: false, overdue: false, promisedBy: null, respondedAt: null, alerts: new Set(), resolvedAt: null, ...over,
}); // prettier-ignore
const fired = (firedAt: number, lastedMs: number | null = HOUR, over: Partial<Occurrence> = {}): Occurrence => ({
  fingerprint: 'a', rule: 'Errors', service: 'shop', severity: 'critical', summary: 'Restart', labels: {}, firedAt, resolvedAt: lastedMs === null ? null : firedAt + lastedMs, page: null, ...over,
}); // prettier-ignore
const alert = (occurrences: Occurrence[], rule = 'Errors'): AlertOfWeek => ({ rule, service: 'shop', occurrences });
const day = (n: number, hour = 12): number => MONDAY + n * DAY + hour * HOUR;
const paged = (n: number, over: Partial<PageOfWeek> = {}): Occurrence => fired(day(n), HOUR, { page: page(`p${n}`, over) });
const acknowledged = { acknowledgedAt: MONDAY + 5 * MINUTE };

test.each<[string, Occurrence[], string[], AlertOfWeek[]?]>([
  ['once is no pattern', [fired(day(0, 2), 1_000)], []],
  ['paged three times, nobody answered', [paged(0), paged(1), paged(2)], ['never-acted-on']],
  ['twice', [paged(0), paged(1)], []],
  ['one was acknowledged', [paged(0), paged(1), paged(2, acknowledged)], []],
  ['one was resolved by hand', [paged(0), paged(1), paged(2, { resolvedByHand: true, resolvedAt: MONDAY + HOUR })], []],
  ['pages that wait in the queue', [0, 1, 2].map((n) => paged(n, { severity: 'eventually' })), []],
  ['three alerts of one page', [0, 1, 2].map((n) => fired(day(n), HOUR, { page: page('same') })), []],
  ['an answer that came late', [paged(0, { ...acknowledged, overdue: true })], ['late-answer']],
  ['an answer after its promise, while nothing watched', [paged(0, { promisedBy: MONDAY + MINUTE, respondedAt: MONDAY + 5 * MINUTE })], ['late-answer']],
  ['within the longer promise of quiet hours', [paged(0, { ...acknowledged, promisedBy: MONDAY + HOUR, respondedAt: MONDAY + 45 * MINUTE })], []],
  ['each night', [0, 1, 2].map((n) => fired(day(n, 3))), ['always-at-night']],
  ['before midnight', [0, 1, 2].map((n) => fired(day(n, 22))), ['always-at-night']],
  ['once by day', [fired(day(0, 3)), fired(day(1, 3)), fired(day(2, 7))], []],
  ['over within a minute', [0, 1, 2].map((n) => fired(day(n), MINUTE)), ['resolves-itself']],
  ['once it took longer', [fired(day(0), 1_000), fired(day(1), 1_000), fired(day(2), MINUTE + 1)], []],
  ['what still fires says nothing of that', [fired(day(0), 1_000), fired(day(1), 1_000), fired(day(2), null)], []],
  ['four times within an hour', [0, 15, 30, 59].map((n) => fired(day(0) + n * MINUTE, 5 * MINUTE)), ['flaps']],
  ['four different alerts', ['a', 'b', 'c', 'd'].map((fingerprint, n) => fired(day(0) + n * MINUTE, HOUR, { fingerprint })), []],
  ['four times in two hours', [0, 30, 61, 91].map((n) => fired(day(0) + n * MINUTE, 5 * MINUTE)), []],
  ['two dozen', Array.from({ length: 24 }, (_, n) => fired(MONDAY + n * 5 * HOUR, 2 * MINUTE)), ['noisy']],
  ['always after another', [0, 1, 2].map((n) => fired(day(n) + MINUTE)), ['always-with'], [alert([0, 1, 2].map((n) => fired(day(n))), 'Database')]],
  ['always before another: that one is to be held back', [0, 1, 2].map((n) => fired(day(n))), [], [alert([0, 1, 2].map((n) => fired(day(n) + MINUTE)), 'Slow')]],
  ['before one that fires more often by itself', [0, 1, 2].map((n) => fired(day(n))), ['always-with'], [alert([0, 1, 2, 3, 4].map((n) => fired(day(n) + MINUTE)), 'Slow')]],
  ['six minutes apart', [0, 1, 2].map((n) => fired(day(n) + 6 * MINUTE)), [], [alert([0, 1, 2].map((n) => fired(day(n))), 'Database')]],
  ['once alone', [0, 1, 2].map((n) => fired(day(n) + MINUTE)), [], [alert([0, 1].map((n) => fired(day(n))), 'Database')]],
  ['itself is no other', [0, 1, 2].map((n) => fired(day(n))), [], [alert([0, 1, 2].map((n) => fired(day(n))))]],
])('suggested: %s', (_, occurrences, kinds, others = []) => {
  const found = suggestionsFor(alert(occurrences), { isNight: (at) => isNight(at, 'UTC'), others });
  expect(found.map(({ kind }) => kind)).toEqual(kinds);
  for (const { title, evidence } of found) expect(`${title} ${evidence}`).toMatch(/Errors.*\d|once/);
}); // prettier-ignore

test('a suggestion that a backtest can try says with what', () => {
  const [first] = suggestionsFor(alert([0, 1, 2].map((n) => fired(day(n), MINUTE))), { isNight: () => false, others: [] });
  expect(first?.backtest).toBe('/backtest?alert=Errors&for=2m');
  expect(first?.evidence).toBe('Fired 3 times, and was over by itself within 1m each time.');
});

let marker = 0;
const event = (kind: string, subject: string, at: number, data: Record<string, unknown> = {}, actor = 'nines'): LedgerEvent => ({
  marker: ++marker, time: new Date(at).toISOString(), kind, service: 'shop', actor, subject, title: `${kind} x`, data,
}); // prettier-ignore
const firing = (fingerprint: string, at: number): LedgerEvent =>
  event('alert.firing', `alert/${fingerprint}`, at, {
    rule: 'Errors',
    severity: 'critical',
    annotations: { summary: 'Restart' },
    labels: { a: 'b' },
  });

test('what happened, from the ledger', () => {
  const { occurrences, pages } = occurrencesOf([
    event('alert.resolved', 'alert/old', 0),
    event('page.acknowledged', 'page/old', 0, {}, 'person:ben'),
    firing('f1', 1_000),
    event('page.triggered', 'page/p1', 1_000, { severity: 'critical', alerts: ['f1'] }),
    firing('f2', 2_000),
    event('page.overdue', 'page/p1', 3_000, { alerts: ['f1', 'f2'] }),
    event('page.acknowledged', 'page/p1', 4_000, { alerts: ['f1', 'f2'] }, 'person:ana'),
    event('page.acknowledged', 'page/p1', 5_000, {}, 'person:ben'),
    event('alert.resolved', 'alert/f1', 6_000),
    event('page.resolved', 'page/p1', 7_000, {}, 'person:ana'),
    firing('f1', 100_000),
  ]);
  expect(pages).toMatchObject([{ id: 'p1', acknowledgedAt: 4_000, acknowledgedBy: 'ana', resolvedByHand: true, overdue: true, resolvedAt: 7_000 }]);
  expect(occurrences).toMatchObject([
    { fingerprint: 'f1', rule: 'Errors', summary: 'Restart', labels: { a: 'b' }, firedAt: 1_000, resolvedAt: 6_000, page: { id: 'p1' } },
    { fingerprint: 'f2', resolvedAt: null, page: { id: 'p1' } },
    { fingerprint: 'f1', firedAt: 100_000, page: null },
  ]);
}); // prettier-ignore

test('the promise and the answer are those of the page, as it was first answered', () => {
  const at = (time: number): string => new Date(time).toISOString();
  const { pages } = occurrencesOf([
    event('page.triggered', 'page/p1', 1_000, { severity: 'critical', respondBy: at(1_801_000) }),
    event('page.escalated', 'page/p1', 2_000, { respondBy: at(3_601_000) }),
    event('page.acknowledged', 'page/p1', 2_000_000, { respondBy: at(3_601_000), respondedAt: at(2_000_000) }, 'person:ana'),
    event('page.escalated', 'page/p1', 9_000_000, { respondBy: at(12_000_000), respondedAt: at(2_000_000) }),
  ]);
  expect(pages).toMatchObject([{ promisedBy: 3_601_000, respondedAt: 2_000_000 }]);
  expect(responseTimes(pages)).toMatchObject([{ promisedMs: HOUR, promisedUpToMs: HOUR, inTime: 1, longestMs: 1_999_000 }]);
});

test('odd events of another version are passed over', () => {
  const odd = event('alert.firing', 'alert/x', 0, { annotations: 7, labels: null, severity: 'page' });
  expect(occurrencesOf([{ ...odd, subject: null }, event('page.triggered', 'page/p', 0, { alerts: 'f1' })]).occurrences).toMatchObject([{ rule: 'alert.firing x', severity: 'today', labels: {} }]);
}); // prettier-ignore

test('promised and real answers', () => {
  const answer = (minutes: number, over: Partial<PageOfWeek> = {}): PageOfWeek =>
    page('p', { acknowledgedAt: MONDAY + minutes * MINUTE, ...over });
  const today: Severity = 'today';
  expect(responseTimes([answer(5), answer(10), answer(45, { overdue: true }), page('p'), page('p', { severity: today })])).toEqual([
    {
      severity: 'critical',
      promisedMs: 30 * MINUTE,
      promisedUpToMs: 30 * MINUTE,
      pages: 4,
      answered: 3,
      inTime: 3,
      medianMs: 10 * MINUTE,
      longestMs: 45 * MINUTE,
    },
    { severity: 'today', promisedMs: DAY, promisedUpToMs: DAY, pages: 1, answered: 0, inTime: 1, medianMs: null, longestMs: null },
  ]);
});

test.each<[string, string, string, string, string]>([
  ['2026-11-22T23:30:00Z', 'UTC', '2026-W47', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['2026-11-22T23:30:00Z', 'Europe/Berlin', '2026-W48', '2026-11-22T23:00:00Z', '2026-11-29T23:00:00Z'],
  ['2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-W43', '2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z'],
  ['2026-03-29T12:00:00Z', 'America/New_York', '2026-W13', '2026-03-23T04:00:00Z', '2026-03-30T04:00:00Z'],
  ['2027-01-01T12:00:00Z', 'UTC', '2026-W53', '2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z'],
])('the week of %s in %s is %s', (at, zone, name, from, to) => {
  const week = weekAt(Date.parse(at), zone);
  expect(week).toEqual({ name, from: Date.parse(from), to: Date.parse(to) });
  expect(weekNamed(name, zone)).toEqual(week);
  expect(weekAfter(weekBefore(week, zone), zone)).toEqual(week);
});

test.each(['2026-W00', '2025-W53', '2026-W54'])('there is no week %s', (name) => {
  expect(() => weekNamed(name, 'UTC')).toThrow('There is no week');
});

test.each([
  ['2026-10-21T12:00:00Z', 'Europe/Berlin', '2026-10-19T07:00:00Z'],
  ['2026-10-28T12:00:00Z', 'Europe/Berlin', '2026-10-26T08:00:00Z'],
  ['2026-11-23T00:30:00Z', 'Asia/Tokyo', '2026-11-23T00:00:00Z'],
])('told in the week of %s in %s', (at, zone, told) => {
  expect(new Date(reviewTime(Date.parse(at), zone, '09:00')).toISOString()).toBe(new Date(told).toISOString());
});
