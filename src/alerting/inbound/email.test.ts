import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { Problem } from '../../platform/problem.ts';
import { mapMail, maySend, parseMail, type Mail } from './email.ts';
import { integrationSpec, type MailRules } from './integration-kind.ts';

const rules = (more: Record<string, unknown> = {}): MailRules =>
  integrationSpec.parse({ type: 'email', mail: { recipients: ['Alerts@nines.example.org'], ...more } }).mail!;
const mail = (subject: string, more: Partial<Mail> = {}): Mail => ({
  from: 'nagios@example.org',
  subject,
  text: '',
  date: undefined,
  messageId: undefined,
  autoReply: false,
  ...more,
});
const mapped = (subject: string, more: Record<string, unknown> = {}) => mapMail(mail(subject), rules(more)).events[0];

test.each([
  ['** PROBLEM Service Alert: web1/HTTP is CRITICAL **', '** RECOVERY Service Alert: web1/HTTP is CRITICAL **'],
  ['[FIRING:1] HighLoad web1', '[RESOLVED] [FIRING:1] HighLoad web1'],
  ['Problem: Disk full on db1', 'Resolved: Disk full on db1'],
  ['[CRITICAL] Backup of shop', 'RE: [OK] Backup of shop'],
  ['Alarm: cpu of web-2', 'Fwd: cpu of web-2 is back to normal'],
])('%s, and its end', (begins, ends) => {
  const [first, last] = [mapped(begins), mapped(ends)];
  expect([first?.status, last?.status]).toEqual(['firing', 'resolved']);
  const words = (key = ''): string => key.replace(/\b(is|\d)\b/g, '').replaceAll(/\s+/g, ' ').trim(); // prettier-ignore
  expect(words(last?.key)).toBe(words(first?.key));
});

test.each([
  ['The ticket stays unresolved', 'firing'],
  ['Sackok overloaded', 'firing'],
  ['Downtown is slow', 'firing'],
  ['OK? no', 'firing'],
])('%s is %s: words are whole ones', (subject, status) => {
  expect(mapped(subject)?.status).toBe(status);
});

test("a document's own words", () => {
  const own = { resolved: ['entwarnung'], ignored: ['newsletter'] };
  expect(mapped('Entwarnung: Heizung', own)).toMatchObject({ status: 'resolved', key: 'heizung' });
  expect(mapMail(mail('Our Newsletter'), rules(own)).events).toEqual([]);
  expect(mapped('[P1] Heizung', own)).toMatchObject({ severity: 'P1', title: '[P1] Heizung' });
  expect(() => mapMail(mail(''), rules())).toThrow('no subject');
});

test.each([
  [[], 'anyone@example.com', true],
  [['nagios@example.org'], 'nagios@example.org', true],
  [['nagios@example.org'], 'xnagios@example.org', false],
  [['@example.org'], 'a@example.org', true],
  [['@example.org'], 'a@evil-example.org', false],
])('senders %o, from %s: %s', (senders, from, may) => {
  expect(maySend({ from }, rules({ senders }))).toBe(may);
});

test('a mail is read: encoded subject, quoted text, HTML alone', async () => {
  const raw = [
    'From: Nagios <nagios@example.org>',
    'Subject: =?utf-8?q?St=C3=B6rung?= auf =?utf-8?b?ZGIx?=',
    'Message-ID: <1@example.org>',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>Disk <b>full</b></p>',
  ];
  const read = await parseMail(Buffer.from(raw.join('\r\n')));
  expect(read).toMatchObject({ from: 'nagios@example.org', subject: 'Störung auf db1', messageId: '<1@example.org>' });
  expect(read.text.replaceAll(/\s+/g, ' ')).toContain('Disk full');
});

test('hostile mail is taken or refused, soon', async () => {
  const lines = fc.constantFrom('From: a@b', 'Subject: x', 'Subject: =?utf-8?b?////?=', 'Content-Type: multipart/mixed; boundary=a', '--a', '--a--', 'Content-Transfer-Encoding: base64', 'Content-Type: message/rfc822', '', '<style', '\u0000', 'RESOLVED '.repeat(200)); // prettier-ignore
  const mails = fc.oneof(fc.array(lines, { maxLength: 60 }).map((all) => all.join('\r\n')), fc.string({ maxLength: 2_000 })); // prettier-ignore
  const property = fc.asyncProperty(mails, async (text) => {
    try {
      mapMail(await parseMail(Buffer.from(text)), rules());
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
    }
  });
  await fuzz(property, 100);
  const nested = Array.from({ length: 2_000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}`).join('\r\n');
  await parseMail(Buffer.from(`Subject: x\r\n${nested}`)).catch((error: unknown) => expect(error).toBeInstanceOf(Problem));
});
