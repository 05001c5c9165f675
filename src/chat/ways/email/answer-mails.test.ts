import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createResourceSet } from '../../../catalog/index.ts';
import type { Message } from '../../../delivery/index.ts';
import { systemClock } from '../../../platform/clock.ts';
import { silentLog } from '../../../platform/log.ts';
import { answer } from '../../answer.ts';
import { answerMails } from './answer-mails.ts';
import type { MailWayDeps } from './hear-mail.ts';
import { firstLine, readMailAnswer } from './read-answer.ts';

const PAGE = '01hx7a2b3c4d5e6f7g8h';
const mail = (
  body: string,
  { from = 'Ana <ana@example.org>', more = '', to = `<page.${PAGE}.0.0.ana.email@nines>`, id = '<1@example.org>' } = {},
) =>
  Buffer.from(
    `From: ${from}\r\nTo: nines@example.org\r\nSubject: Re: Restart the cache\r\nMessage-ID: ${id}\r\nIn-Reply-To: ${to}\r\n${more}\r\n${body}`,
  );

test.each([
  ['ack\r\n\r\nOn Tue, nines wrote:\r\n> It is down', 'ack'],
  ['\r\n\r\nsnooze 30m\r\n-- \r\nAna', 'snooze 30m'],
  ['> It is down\r\nack', ''],
  ['On Tue, 24 Nov 2026 nines wrote:\r\n> It is down', ''],
  ['-----Original Message-----\r\nack', ''],
  ['', ''],
])('the first line of %j', (text, line) => expect(firstLine(text)).toBe(line));

test.each([
  ['an answer to a page', mail('ack'), { from: 'ana@example.org', page: PAGE, text: 'ack', messageId: '<1@example.org>' }],
  ['one deeper in its thread', mail('ack', { to: '<x@y>', more: `References: <page.${PAGE}.0.0.ana.email@nines> <x@y>\r\n` }), { page: PAGE }],
  ['no answer to a page', mail('ack', { to: '<x@y>' }), undefined],
  ['an answer of a person', mail('ack', { more: 'Auto-Submitted: no\r\n' }), { automatic: false }],
  ['an answer of a machine', mail('I am out of office', { more: 'Auto-Submitted: auto-replied\r\n' }), { automatic: true }],
  ['a vacation', mail('ack', { more: 'X-Autoreply: yes\r\n' }), { automatic: true }],
  ['what came back', mail('ack', { more: 'Return-Path: <>\r\n' }), { automatic: true }],
  ['a vacation that says so in its subject alone', Buffer.from(mail('ack').toString().replace('Re: Restart the cache', 'Automatic reply: Restart the cache')), { automatic: true }],
  ['a mailing list', mail('ack', { more: 'Precedence: bulk\r\n' }), { automatic: true }],
])('%s', async (_, raw, expected) => {
  const read = await readMailAnswer(raw);
  if (expected === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject(expected);
}); // prettier-ignore

test('an answer in the folder is heard once, and told what came of it; strangers get no mail', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-answers-'));
  fs.mkdirSync(path.join(folder, 'new'));
  fs.writeFileSync(path.join(folder, 'new', '1'), mail('ack'));
  fs.writeFileSync(path.join(folder, 'new', '2'), mail('ack'));
  fs.writeFileSync(path.join(folder, 'new', '3'), mail('ack', { from: 'eve@example.com', id: '<2@example.com>' }));
  const person = { kind: 'Person', name: 'ana', title: 'Ana', labels: {}, file: null, spec: { email: 'ana@example.org', contacts: [] } };
  const set = createResourceSet([person]);
  const heardBy: string[] = [];
  const sent: Message[] = [];
  const seen = new Set<string>();
  const deps: MailWayDeps = {
    clock: systemClock,
    log: silentLog,
    heard: { once: () => Promise.resolve(true), surely: async (_way, key, work) => void (!seen.has(key) && (seen.add(key), await work())) },
    later: () => undefined,
    pageAt: () => Promise.resolve(undefined),
    desk: {
      hear: (speaker, { text, about }) => (heardBy.push(`${speaker.id} ${text} ${about}`), Promise.resolve(answer('You have it'))),
      hearPrincipal: () => Promise.reject(new Error('not here')),
    },
    sql: { transaction: (run: (tx: never) => Promise<unknown>) => run(undefined as never) } as never,
    catalog: { current: () => set, onChange: () => undefined },
    delivery: { send: (_, messages) => Promise.resolve(void sent.push(...messages)) },
  };
  const stop = new AbortController();
  await answerMails(folder, deps, stop.signal, () => stop.abort());
  expect(heardBy).toEqual([`ana@example.org ack ${PAGE}`]);
  expect(sent).toMatchObject([{ address: 'ana@example.org', subject: 'Re: Restart the cache', text: 'You have it' }]);
  expect(fs.readdirSync(path.join(folder, 'new'))).toEqual([]);
  expect(fs.readdirSync(path.join(folder, 'cur'))).toHaveLength(3);
  fs.rmSync(folder, { recursive: true });
});
