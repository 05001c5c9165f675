import { expect, test } from 'vitest';
import type { IncidentState } from './incident.ts';
import { nextNudge } from './nudges.ts';

const at = (minute: number): number => Date.parse('2026-11-21T03:00:00Z') + minute * 60_000;
const open: IncidentState = {
  id: 'i', number: 1, title: '', state: 'open', severity: 'critical', services: [], roles: {}, responders: [], declaredBy: 'nines',
  openedAt: at(0), outageBeganAt: at(-2), outageEndedAt: null, acknowledgedAt: null, allClearAt: null, lastUpdateAt: null,
  helpAskedAt: null, remindedAt: null, postmortem: null,
}; // prettier-ignore
const alone = { responders: ['ana'], acknowledgedAt: at(2) };

test.each<[string, Partial<IncidentState>, string | null, number?]>([
  ['nobody there', {}, 'update-due', 30],
  ['one there', alone, 'ask-for-help', 10],
  ['one there at the tenth minute', { responders: ['ana'], acknowledgedAt: at(10) }, 'ask-for-help', 10],
  ['one there, late', { responders: ['ana'], acknowledgedAt: at(15) }, 'ask-for-help', 25],
  ['one there, very late', { responders: ['ana'], acknowledgedAt: at(25) }, 'update-due', 30],
  ['two there', { ...alone, responders: ['ana', 'ben'] }, 'update-due', 30],
  ['asked for help', { ...alone, helpAskedAt: at(10) }, 'update-due', 30],
  ['updated', { ...alone, helpAskedAt: at(10), lastUpdateAt: at(12) }, 'update-due', 42],
  ['reminded and not updated', { ...alone, helpAskedAt: at(10), remindedAt: at(30) }, 'update-due', 60],
  ['updated soon after a reminder', { ...alone, helpAskedAt: at(10), remindedAt: at(30), lastUpdateAt: at(31) }, 'update-due', 61],
  ['quiet', { ...alone, outageEndedAt: at(20) }, 'all-clear-due', 25],
  ['quiet and reminded', { ...alone, outageEndedAt: at(20), remindedAt: at(25) }, 'all-clear-due', 55],
  ['over', { ...alone, state: 'all-clear' }, null],
])('%s', (_, change, kind, minute = 0) => {
  expect(nextNudge({ ...open, ...change })).toEqual(kind === null ? null : { kind, at: at(minute) });
});
