import { expect, test } from 'vitest';
import { isMachine } from './is-machine.ts';

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'; // prettier-ignore

test.each<[string, Record<string, string | string[]>, boolean]>([
  ['a phone', { 'user-agent': PHONE }, false],
  ['a desktop', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }, false],
  ['a phone that fetches ahead', { 'user-agent': PHONE, 'sec-purpose': 'prefetch;prerender' }, true],
  ['a preview of a chat', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }, true],
  ['another', { 'user-agent': 'TelegramBot (like TwitterBot)' }, true],
  ['a mail scanner', { 'user-agent': 'Mozilla/5.0 (compatible; Barracuda Sentinel)' }, true],
  ['a script', { 'user-agent': 'curl/8.5.0' }, true],
  ['nobody in particular', {}, true],
  ['a header that is given twice', { 'user-agent': [PHONE, 'curl/8'] }, false],
  ['a very long one', { 'user-agent': 'a'.repeat(100_000) }, false],
])('%s', (_, headers, expected) => expect(isMachine(headers)).toBe(expected));
