import fs from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../../../platform/problem.ts';
import { pause } from '../loops.ts';
import { hearMail, type MailWayDeps } from './hear-mail.ts';
import { type MailAnswer, readMailAnswer } from './read-answer.ts';

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
      // What is being done by a process that may be dead is left for another look.
      if (answer && !(await done(answer, deps))) continue;
    }
    await fs.rename(from, path.join(folder, 'cur', `${file.split(':')[0]}:2,S`));
  }
}

async function done(answer: MailAnswer, deps: MailWayDeps): Promise<boolean> {
  try {
    await deps.heard.surely('email', answer.messageId, () => hearMail(answer, deps));
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return false;
    throw error;
  }
}
