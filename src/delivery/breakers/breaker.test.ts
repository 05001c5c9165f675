import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { admission, afterTry, type Breaker, CLOSED, PROBE_MS, probing } from './breaker.ts';
import type { Outcome } from '../channels/channel.ts';

const NOW = 1_800_000_000_000;
const down = { kind: 'failed', error: 'no route', channelDown: true } as const;
const later: Outcome = { kind: 'failed', error: 'greylisted', channelDown: false };
const refused: Outcome = { kind: 'refused', error: 'no such mailbox' };
const taken: Outcome = { kind: 'accepted', answer: 'ok' };
const patience = (retryAfterMs: number): Outcome => ({ ...down, retryAfterMs });
const after = (outcomes: readonly Outcome[], from: Breaker = CLOSED): Breaker =>
  outcomes.reduce((breaker, outcome) => afterTry(breaker, outcome, NOW), from);
const open = after([down, down, down]);
const half = probing(open, NOW + 10_000);

test.each<[string, Breaker, Partial<Breaker>]>([
  ['two failures leave it closed', after([down, down]), { state: 'closed', failures: 2, since: NOW }],
  ['three in a row open it, for ten seconds', open, { state: 'open', failures: 3, opens: 1, retryAt: NOW + 10_000, error: 'no route' }],
  ['a success between begins anew', after([down, down, taken, down, down]), { state: 'closed', failures: 2 }],
  ['a refusal is an answer', after([down, down, refused, down]), { state: 'closed', failures: 1 }],
  ['an address that is not well is not the provider', after([later, later, later, later]), CLOSED],
  ['asked for patience, it opens at once for as long', after([patience(45_000)]), { state: 'open', retryAt: NOW + 45_000 }],
  ['but no page waits an hour for it', after([patience(3_600_000)]), { state: 'open', retryAt: NOW + 300_000 }],
  ['what began before it opened does not prolong it', after([down, down], open), { state: 'open', opens: 1, retryAt: NOW + 10_000 }],
  ['a failed probe opens it for longer', afterTry(half, down, NOW + 12_000), { state: 'open', opens: 2, retryAt: NOW + 32_000 }],
  ['and longest for half a minute', after([down], probing({ ...open, opens: 9 }, NOW)), { state: 'open', retryAt: NOW + 30_000 }],
  ['a probe that is taken closes it', after([taken], half), CLOSED],
  ['a late success closes it, too', after([taken], open), CLOSED],
  ['what is not set says nothing', after([{ kind: 'unconfigured', error: '' }], open), open],
])('%s', (_, breaker, expected) => expect(breaker).toMatchObject(expected));

test.each<[string, Breaker, number, unknown]>([
  ['closed', CLOSED, NOW, { kind: 'yes' }],
  ['open', open, NOW + 9_999, { kind: 'wait', until: NOW + 10_000 }],
  ['open, and its time has come', open, NOW + 10_000, { kind: 'probe' }],
  ['half-open: the others wait a little', half, NOW + 11_000, { kind: 'wait', until: NOW + 13_000 }],
  ['half-open, and the probe died', half, NOW + 10_000 + PROBE_MS, { kind: 'probe' }],
])('%s', (_, breaker, now, expected) => expect(admission(breaker, now)).toEqual(expected));

test('whatever happens, a message is let through within five minutes', () => {
  const outcome = fc.oneof(fc.constantFrom(down, later, refused, taken), fc.nat({ max: 1e9 }).map(patience));
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 50 }), (outcomes) => {
      let now = NOW;
      let breaker = CLOSED;
      for (const one of outcomes) {
        const admitted = admission(breaker, now);
        if (admitted.kind === 'wait') {
          expect(admitted.until - now).toBeLessThanOrEqual(300_000);
          expect(admitted.until).toBeGreaterThan(now);
          now = admitted.until;
          expect(admission(breaker, now).kind).toBe('probe');
        }
        if (admission(breaker, now).kind === 'probe') breaker = probing(breaker, now);
        breaker = afterTry(breaker, one, now);
      }
    }),
  );
});
