import { expect, test } from 'vitest';
import { afterAttempt, type Attempted } from './retry.ts';
import { retryAfter } from '../channels/ask-provider.ts';

const failed = { kind: 'failed', error: 'no', channelDown: true } as const;
const HOUR = 3_600_000;
const pause = (given: Partial<Attempted>): number | string => {
  const next = afterAttempt({ outcome: failed, attempts: 1, dueAt: 0, now: 1_000, urgent: false, ...given });
  return next.state === 'queued' ? (next.at - (given.now ?? 1_000)) / 1000 : next.state;
};

test.each<[string, Partial<Attempted>, number | string]>([
  ['taken', { outcome: { kind: 'accepted', answer: '' } }, 'sent'],
  ['turned down', { outcome: { kind: 'refused', error: '' } }, 'failed'],
  ['first failure', {}, 5],
  ['third', { attempts: 3 }, 20],
  ['ordinary, at most five minutes', { attempts: 30 }, 300],
  ['a page, at most one', { attempts: 30, urgent: true }, 60],
  ['asked to wait', { outcome: { ...failed, retryAfterMs: 120_000 } }, 120],
  ['asked to wait less than the pause', { outcome: { ...failed, retryAfterMs: 1 } }, 5],
  ['asked to wait for ever: an hour', { outcome: { ...failed, retryAfterMs: 1e12 } }, 3_600],
  ['a page asked to wait for ever: five minutes', { outcome: { ...failed, retryAfterMs: 1e12 }, urgent: true }, 300],
  ['still tried after hours', { now: 23 * HOUR, attempts: 400 }, 300],
  ['given up after a day', { now: 24 * HOUR, attempts: 500 }, 'failed'],
  ['off for a day, and then the first try', { now: 24 * HOUR }, 5],
  ['nothing to send with', { outcome: { kind: 'unconfigured', error: '' } }, 60],
  ['nothing to send with, for a day', { outcome: { kind: 'unconfigured', error: '' }, now: 24 * HOUR }, 'dropped'],
])('%s', (_, given, expected) => expect(pause(given)).toBe(expected));

test.each([
  ['7', 7_000],
  ['Sat, 21 Nov 2026 03:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 02:00:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('Retry-After: %s', (header, expected) => expect(retryAfter(header, Date.parse('2026-11-21T03:00:00Z'))).toBe(expected));
