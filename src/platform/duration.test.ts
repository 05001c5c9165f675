import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationText, formatDuration, parseDuration, tryParseDuration } from './duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['250ms', 250],
  ['15s', 15_000],
  ['5m', 300_000],
  ['1d12h', 129_600_000],
  ['1h30m', 5_400_000],
  ['1w', 604_800_000],
  ['1y2w3d4h5m6s7ms', 33_019_506_007],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each([
  ['', 'such as'],
  ['5', "did you mean '5s'?"],
  ['5 minutes', "did you mean '5m'?"],
  ['1.5h', "did you mean '1h30m'?"],
  ['30S', "did you mean '30s'?"],
  ['1m1h', 'such as'],
  ['-5m', 'such as'],
  ['soon', '"soon" is not a duration'],
  ['5m ', "did you mean '5m'?"],
  ['9999999y', 'such as'],
])('%j is refused with what would be right', (text, message) => expect(() => parseDuration(text)).toThrow(message));

test.each([
  [0, '0s'],
  [1, '1ms'],
  [90_000, '1m30s'],
  [86_400_000, '1d'],
  [604_800_000, '1w'],
  [864_000_000, '10d'],
  [2_592_000_000, '30d'],
  [-5_000, '-5s'],
])('%d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('what is formatted reads back as the same', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 3e12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
});

test('no text makes the parser throw anything but a Problem, or hang', () => {
  fc.assert(fc.property(fc.string(), (text) => tryParseDuration(text) === undefined || tryParseDuration(text)! >= 0));
});

test.each([
  ['30s', undefined],
  ['1s', '1s is too short: at least 5s'],
  ['2h', '2h is too long: at most 1h'],
  ['nope', '"nope" is not a duration'],
])('a document field of 5s to 1h given %s', (text, message) => {
  const outcome = durationText({ min: '5s', max: '1h' }).safeParse(text);
  expect(outcome.success).toBe(message === undefined);
  if (message !== undefined) expect(outcome.error!.issues[0]!.message).toContain(message);
});
