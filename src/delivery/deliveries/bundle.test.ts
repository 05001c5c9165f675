import { expect, test } from 'vitest';
import { bundleClass, bundleText, onTheirOwn } from './bundle.ts';
import type { Message } from '../messages/message.ts';

const message = (more: Partial<Message> = {}): Message => ({
  key: 'k', channel: 'email', address: 'ana@example.org', person: 'ana', about: 'page/p1', reason: 'page', priority: 0, subject: 'Restart', text: '', ...more,
}); // prettier-ignore

test.each<[string, Partial<Message>, string | undefined]>([
  ['a critical page', {}, 'critical ana email ana@example.org'],
  ['its escalation is of the same class', { reason: 'escalation' }, 'critical ana email ana@example.org'],
  ['a ticket is not counted with pages', { reason: 'ticket', priority: 5 }, 'tickets ana email ana@example.org'],
  ['nor is the news that it is over', { reason: 'resolved', priority: 1 }, 'resolved ana email ana@example.org'],
  ['another channel', { channel: 'sms', address: '+49301' }, 'critical ana sms +49301'],
  ['a test is a message of its own', { reason: 'test', about: 'test/1' }, undefined],
  ['and so is what goes to nobody in particular', { person: null }, undefined],
])('%s', (_, more, expected) => expect(bundleClass(message(more))).toBe(expected));

test.each([
  [40, 0, 5, 5],
  [1, 4, 5, 1],
  [1, 5, 5, 0],
  [3, 9, 5, 0],
  [2, 0, 5, 2],
])('of %i, with %i within the minute and %i allowed, %i leave on their own', (given, recent, limit, expected) => {
  expect(onTheirOwn(given, recent, limit)).toBe(expected);
});

const member = (i: number, reason = 'page') => ({
  subject: `Restart service-${i}`,
  about: `page/p${i}`,
  reason,
  content: i % 2 === 0 ? { text: '', action: { label: 'Acknowledge', url: `https://n/a/${i}` } } : null,
  created_at: i,
  address: 'a',
  service: null,
});

test('says how many, the first, the last, and how to acknowledge each of them', () => {
  const { subject, text, data } = bundleText(Array.from({ length: 37 }, (_, i) => member(i)), 0, 'https://n'); // prettier-ignore
  expect(subject).toBe('37 pages: Restart service-0');
  expect(text).toContain('First: Restart service-0\nhttps://n/a/0');
  expect(text).toContain('2: Restart service-1\nhttps://n/pages/p1');
  expect(text).toContain('… and 27 between them');
  expect(text).toContain('Last: Restart service-36\nhttps://n/a/36');
  expect(text.endsWith('Pages: https://n/pages')).toBe(true);
  expect(data).toMatchObject({ bundle: { total: 37, untold: 37 } });
});

test('told again, it says how many are new; over, that they are over', () => {
  expect(bundleText([member(1), member(2)], 35, 'https://n').subject).toBe('37 pages, 2 of them new: Restart service-1');
  expect(bundleText([member(1, 'resolved')], 0, 'https://n').subject).toBe('1 page is over: Restart service-1');
  expect(bundleText([], 0, 'https://n')).toEqual({ subject: '', text: '' });
});
