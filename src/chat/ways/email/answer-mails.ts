import fs from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../../../catalog/index.ts';
import type { Delivery } from '../../../delivery/index.ts';
import type { Sql } from '../../../platform/sql/index.ts';
import { personOf } from '../../speaker.ts';
import { pause } from '../loops.ts';
import type { WayDeps } from '../way.ts';
import { type MailAnswer, readMailAnswer } from './read-answer.ts';

export interface MailWayDeps extends WayDeps {
  readonly sql: Sql;
  readonly catalog: Catalog;
  readonly delivery: Pick<Delivery, 'send'>;
}

const LOOK_MS = 3_000;
const MOST_AT_ONCE = 100;
const MOST_BYTES = 1024 * 1024;

/** Reads a maildir to which answers to pages' mails are delivered; what was read is moved to `cur`. */
export async function answerMails(folder: string, deps: MailWayDeps, signal: AbortSignal, trouble: (problem: string | undefined) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await look(folder, deps);
      trouble(undefined);
    } catch (error) {
      trouble(`Answers by mail in ${folder} can't be read: ${(error as Error).message.slice(0, 200)}`);
    }
    await pause(LOOK_MS, signal);
  }
} // prettier-ignore

async function look(folder: string, deps: MailWayDeps): Promise<void> {
  const files = (await fs.readdir(path.join(folder, 'new'))).sort().slice(0, MOST_AT_ONCE);
  if (files.length > 0) await fs.mkdir(path.join(folder, 'cur'), { recursive: true });
  for (const file of files) {
    const from = path.join(folder, 'new', file);
    const stats = await fs.lstat(from);
    if (!stats.isFile()) continue;
    if (stats.size <= MOST_BYTES) {
      const answer = await readMailAnswer(await fs.readFile(from)).catch((error: unknown) => deps.log.warn({ err: error, file: from }, 'a mail was put away unread')); // prettier-ignore
      if (answer) await deps.heard.once('email', answer.messageId, () => hear(answer, deps));
    }
    await fs.rename(from, path.join(folder, 'cur', `${file.split(':')[0]}:2,S`));
  }
}

/** Does what the mail says, and says by mail what came of it; to people of the documents alone, or nines would write to anyone. */
async function hear(mail: MailAnswer, { desk, sql, catalog, delivery }: MailWayDeps): Promise<void> {
  const speaker = { chat: 'email' as const, id: mail.from, name: mail.from };
  const person = personOf(catalog.current(), speaker);
  if (person === undefined || mail.text === '') return;
  const { text } = await desk.hear(speaker, { text: mail.text, about: mail.page });
  await sql.transaction((tx) =>
    delivery.send(tx, [
      {
        key: `chat-answer:${Buffer.from(mail.messageId).toString('base64url').slice(0, 200)}`,
        channel: 'email',
        address: mail.from,
        subject: `Re: ${mail.subject.replace(/^(?:re: ?)+/i, '')}`,
        text,
        priority: 1,
        person: person.name,
        about: `page/${mail.page}`,
        reason: 'chat-answer',
      },
    ]),
  );
}
