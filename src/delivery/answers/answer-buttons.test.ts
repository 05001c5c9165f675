import { expect, test } from 'vitest';
import { answerButtons } from './answer-buttons.ts';

test('only calls of pages have buttons, in the words of chat', () => {
  expect(answerButtons({ about: 'incident/1', reason: 'page' })).toEqual([]);
  expect(answerButtons({ about: null, reason: 'page' })).toEqual([]);
  expect(answerButtons({ about: 'page/01h', reason: 'resolved' })).toEqual([]);
  const said = answerButtons({ about: 'page/01h', reason: 'ticket' }).map(({ command }) => command);
  expect(said).toEqual(['ack #01h', 'snooze #01h 30m', 'notmine #01h', 'escalate #01h', 'resolve #01h']);
});
