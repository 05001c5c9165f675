import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

test.each([
  ['', '', 0], ['a', '', 1], ['owner', 'ower', 1], ['owner', 'onwer', 1], ['kitten', 'sitting', 3], ['ab', 'ba', 1], ['abc', 'cab', 2],
])('editDistance(%s, %s) is %d', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
}); // prettier-ignore

const KEYS = ['owner', 'tier', 'repository', 'runbook', 'dependsOn', 'escalation', 'to', 'from'];
test.each([
  ['ower', 'owner'], ['Owner', 'owner'], ['depends_on', 'dependsOn'], ['depends-on', 'dependsOn'], ['depends', 'dependsOn'], ['repo', 'repository'],
  ['escalationPolicy', 'escalation'], ['teir', 'tier'], ['runbok', 'runbook'], ['form', 'from'], ['colour', undefined], ['x', undefined], ['', undefined],
  // As many edits as there are letters is no likeness.
  ['ab', undefined],
  ['owner'.repeat(100), undefined],
])('nearest to %j is %s', (word, right) => expect(nearest(word, KEYS)).toBe(right)); // prettier-ignore

test('the nearest wins, and the first of two that are equally near', () => {
  expect(nearest('staging', ['stagin', 'stagings', 'stage'])).toBe('stagin');
  expect(nearest('payment', ['payments', 'paymentx'])).toBe('payments');
});
