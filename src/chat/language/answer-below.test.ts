import { expect, test } from 'vitest';
import { answerBelow, answerByReaction } from './answer-below.ts';

test.each([
  'ack', 'Ack!', 'on it', "I'm on it", 'got it', 'take it', 'mine', 'snooze 30m', 'snooze until 09:00', 'snooze for 2 hours please', 'not mine', "it's not mine",
  'escalate', 'escalate to ben', 'resolve', 'resolved.', 'fixed', 'resolved because it was rolled back an hour ago by cleo', '!ack',
])('%j answers the page above it', (text) => expect(answerBelow(text)).toBe(text)); // prettier-ignore

test.each([
  '', 'is it the cache?', 'resolved in the last release, I think', 'fixed the typo above', 'close to the limit again', 'take a look at this', 'status',
  'graph checkout errors', 'who is on call?', 'ack all', 'ack #k3xq', 'snooze', 'snooze the alarm clock', 'page ben "come here"', 'deploy checkout 1.4.2',
  'escalate it if it happens again', 'escalate this to the whole of the company, it was about time', 'help', 'call ana', 'looking at the graphs', 'nothing', 'incident new It burns',
])('%j is said to others', (text) => expect(answerBelow(text)).toBeUndefined()); // prettier-ignore

test.each([
  ['eyes', 'ack'],
  ['👍🏽', 'ack'],
  ['+1::skin-tone-3', 'ack'],
  ['💤', 'snooze 30m'],
  ['⬆️', 'escalate'],
  ['✅', 'resolve'],
  ['🙅🏿‍♀️', 'notmine'],
  ['tada', undefined],
  ['constructor', undefined],
])('the reaction %s stands for %s', (reaction, command) => expect(answerByReaction(reaction)).toBe(command));
