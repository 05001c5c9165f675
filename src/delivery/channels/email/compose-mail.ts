import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { Message } from '../../messages/index.ts';
import { mailHtml } from './mail-html.ts';

/**
 * A message as nodemailer sends it. The Message-ID is made from the key, so that a second copy (a crash between the
 * server's 250 and our commit) is known as one; everything about one thing refers to one root, which makes it a thread.
 */
export function composeMail(message: Message, { from, now }: { from: string; now: number }): SendMailOptions {
  const root = message.about ? `<${idPart(message.about)}@nines>` : undefined;
  const urgent = message.priority === 0;
  return {
    from,
    // As an object: a comma in a string would make two recipients of it.
    to: { name: '', address: message.address },
    ...(message.replyTo !== undefined && { replyTo: { name: '', address: message.replyTo } }),
    subject: oneLine(message.subject),
    date: new Date(now),
    messageId: messageId(message.key),
    ...(root && { inReplyTo: root, references: root }),
    text:
      message.replyTo === undefined ? message.text : `${message.text}\n\nOr answer this mail: ack, snooze 30m, not mine, escalate, resolve`,
    html: message.html ?? mailHtml(message),
    attachments: (message.attachments ?? []).map(({ name, type, content, cid }) => ({
      filename: oneLine(name),
      contentType: oneLine(type),
      content: Buffer.from(content, 'base64'),
      ...(cid && { cid }),
    })),
    headers: {
      'X-Nines-Key': oneLine(message.key),
      'Auto-Submitted': 'auto-generated',
      ...(urgent && { 'X-Priority': '1', Importance: 'high', Priority: 'urgent' }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `<key@nines>`, the key spelled with what a Message-ID may hold (RFC 5322, 3.6.4): `page:01h:0` becomes `page.01h.0`. */
export const messageId = (key: string): string => `<${idPart(key)}@nines>`;

function idPart(key: string): string {
  const part = key.replaceAll(/[:/]/g, '.');
  if (/^[\w-]+(\.[\w-]+)*$/.test(part) && part.length <= 150) return part;
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** No line break or other control character gets into a header, whatever an alert's text holds. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
export const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
