import { expect, test } from 'vitest';
import { ago, figure, localTime, percent, span, sparkline } from './format.ts';
import { parseMoment } from './moment.ts';
import { clean, cleanLine, paintFor } from './style.ts';
import { displayWidth, shorten, table } from './table.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test.each([
  [0, '<1s'], [999, '<1s'], [1 * S, '1s'], [59 * S, '59s'], [61 * S, '1m 1s'], [9 * M + 30 * S, '9m 30s'], [12 * M + 30 * S, '12m'],
  [H, '1h'], [H + 5 * M, '1h 5m'], [H + 5 * S, '1h'], [13 * H + 5 * M, '13h'], [D + 2 * H, '1d 2h'], [D + 5 * M, '1d'], [28 * D, '28d'], [-5 * M, '5m'],
])('span(%d) is %s', (ms, text) => expect(span(ms)).toBe(text)); // prettier-ignore

test.each([
  [0.999, '99.9%'], [0.9995, '99.95%'], [0.99951, '99.951%'], [1, '100%'], [0.5, '50%'], [0.123, '12%'], [-0.5, '-50%'], [0.9999999, '99.99999%'],
  [null, '–'], [0.95, '95%'], [0.9912, '99.12%'],
])('percent(%s) is %s', (ratio, text) => expect(percent(ratio)).toBe(text)); // prettier-ignore

test.each([
  [0, '0'], [12, '12'], [48_213, '48213'], [0.012345, '0.0123'], [12.345, '12.3'], [1234.5, '1235'], [Number.NaN, '–'], [null, '–'],
  [Number.POSITIVE_INFINITY, '∞'], [-0.5, '-0.5'],
])('figure(%s) is %s', (value, text) => expect(figure(value)).toBe(text)); // prettier-ignore

test('times are shown in the zone of the reader', () => {
  expect(localTime('2026-03-01T23:30:05Z', 'Europe/Lisbon', true)).toBe('2026-03-01 23:30:05');
  expect(localTime('2026-03-01T23:30:05Z', 'Asia/Tokyo')).toBe('2026-03-02 08:30');
  expect(ago('2026-03-01T11:55:00Z', Date.parse('2026-03-01T12:00:00Z'))).toBe('5m ago');
  expect(ago('2026-03-01T12:05:00Z', Date.parse('2026-03-01T12:00:00Z'))).toBe('in 5m');
});

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], 8, '▁▂▃▄▅▆▇█'], [[0, 0], 2, '▄▄'], [[1, null, 8], 3, '▁ █'], [[0, 0, 10, 10], 2, '▁█'], [[], 5, ''], [[null], 5, ' '],
])('sparkline(%j, %d)', (values, width, bars) => expect(sparkline(values, width)).toBe(bars)); // prettier-ignore

const NOW = Date.parse('2026-03-01T12:00:00Z');
test.each([
  ['now', NOW], ['1h', NOW - H], ['-5m', NOW - 5 * M], ['2d ago', NOW - 2 * D], ['2026-03-01T09:00:00Z', NOW - 3 * H], ['2026-03-01T10:00:00+01:00', NOW - 3 * H],
  ['2026-03-01', NOW - 12 * H], ['1772355600', NOW - 3 * H],
])('the moment %s', (text, ms) => expect(parseMoment('--at', text, NOW)).toBe(ms)); // prettier-ignore
test.each(['yesterday', '', '2026-03-01T09:00', '12', '2026-13-01'])('no moment: %j', (text) => {
  expect(() => parseMoment('--at', text, NOW)).toThrow(`--at can't be '${text}'.`);
});

const plain = (_: unknown, text: string): string => text;
const people = [{ name: 'ana', note: 'primary', age: 7 }, { name: '宮本', note: 'a note that goes on for longer than there is room', age: 1234 }]; // prettier-ignore
const columns = [
  { head: 'NAME', cell: ({ name }: (typeof people)[0]) => name },
  { head: 'NOTE', flexible: true, cell: ({ note }: (typeof people)[0]) => note },
  { head: 'AGE', align: 'right' as const, cell: ({ age }: (typeof people)[0]) => String(age) },
];

test('a table is aligned, as wide as it must be for a program and as narrow as it must be for a screen', () => {
  expect(table(columns, people, { paint: plain, width: Number.POSITIVE_INFINITY }).split('\n')).toEqual([
    'NAME  NOTE                                                AGE',
    'ana   primary                                               7',
    '宮本  a note that goes on for longer than there is room  1234',
    '',
  ]);
  const narrow = table(columns, people, { paint: plain, width: 40 });
  expect(narrow.split('\n')).toEqual([
    'NAME  NOTE                           AGE',
    'ana   primary                          7',
    '宮本  a note that goes on for lon…  1234',
    '',
  ]);
  expect(Math.max(...narrow.split('\n').map(displayWidth))).toBe(40);
});

test('what comes from outside cannot move the cursor, colour the screen or break a row', () => {
  const evil = [{ name: '\u001B[2Jx', note: 'two\nlines\ttab', age: 1 }];
  expect(table(columns, evil, { paint: plain, width: 80 }).split('\n')[1]).toBe('[2Jx  two lines tab    1');
  expect(clean('a\u001B]0;title\u0007b\n\u202Ec')).toBe('a]0;titleb\nc');
  expect(cleanLine('a\r\nb')).toBe('a b');
});

test('shortening keeps within the width, whole characters only', () => {
  expect([shorten('宮本武蔵', 5), shorten('checkout', 8), shorten('checkout', 5)]).toEqual(['宮本…', 'checkout', 'chec…']);
});

test.each([
  ['a person at a terminal', { interactive: true, env: {} }, true, true],
  ['a pipe', { interactive: false, env: {} }, true, false],
  ['NO_COLOR', { interactive: true, env: { NO_COLOR: '1' } }, true, false],
  ['--no-color', { interactive: true, env: {} }, false, false],
  ['a dumb terminal', { interactive: true, env: { TERM: 'dumb' } }, true, false],
  ['FORCE_COLOR in a pipe', { interactive: false, env: { FORCE_COLOR: '1' } }, true, true],
  ['NO_COLOR against FORCE_COLOR', { interactive: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true, false],
])('colour: %s', (_, terminal, allowed, coloured) => {
  expect(paintFor(terminal as never, allowed)('red', 'x')).toBe(coloured ? '\u001B[31mx\u001B[39m' : 'x');
});
