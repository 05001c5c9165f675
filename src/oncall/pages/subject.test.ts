import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_SUBJECT } from '../../catalog/index.ts';
import { cut, subjectOf } from './subject.ts';

test.each([
  [{ summary: 'High error rate on shop', rule: 'Errors', service: 'shop' }, 'Check: High error rate on shop'],
  [{ summary: 'More than 1 % of requests fail', rule: 'Errors', service: 'shop' }, 'Check shop: More than 1 % of requests fail'],
  [{ summary: 'Restart the cache of shop', rule: 'Errors', service: 'shop' }, 'Restart the cache of shop'],
  [{ summary: 'Restart: it hangs', rule: 'Errors', service: 'shop' }, 'Restart: it hangs'],
  [{ action: 'Roll shop back', summary: 'High error rate', rule: 'Errors', service: 'shop' }, 'Roll shop back'],
  [{ rule: 'HighErrorRate', service: 'shop' }, 'Check shop: high error rate'],
  [{ rule: 'disk_almost_full', service: null }, 'Check: disk almost full'],
  [{ summary: '  two\n lines ', rule: 'x', service: null }, 'Check: two lines'],
  [
    { summary: 'The error budget of checkout availability burns 14.4 times too fast', rule: 'x', service: 'checkout' },
    'Check: The error budget of checkout availability…',
  ],
  [{ summary: `Donaudampfschifffahrtsgesellschaftskapitaensmuetzenfabrik fails`, rule: 'x', service: null }, 'Check: Donaudampfschifffahrtsgesellschaftskapitae…'],
])('%o → %s', (alert, expected) => expect(subjectOf(alert)).toBe(expected)); // prettier-ignore

test('never longer than the linter allows, never half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (summary) => {
      const subject = subjectOf({ summary, rule: 'Rule', service: 'shop' });
      expect(Array.from(subject).length).toBeLessThanOrEqual(LONGEST_SUBJECT);
      expect(subject.isWellFormed()).toBe(summary.isWellFormed());
      expect(subject).not.toMatch(/[\r\n]/);
    }),
  );
});

test('cuts between words', () => {
  expect(cut('one two three', 8)).toBe('one two…');
  expect(cut('one two three', 13)).toBe('one two three');
  expect(cut('one two, three', 10)).toBe('one two…');
});
