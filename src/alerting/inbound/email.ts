/** A mail as an alert: the subject says what, and whether it is over. */
import PostalMime from 'postal-mime';
import { badRequest } from '../../platform/problem.ts';
import type { MailRules } from './integration-kind.ts';
import type { Mapped } from './integration-type.ts';
import { cutText } from './json-value.ts';

export interface Mail {
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly date: string | undefined;
  readonly messageId: string | undefined;
  /** A machine answers: someone is out of office, or a mail did not arrive. */
  readonly autoReply: boolean;
}

const DEEPEST = 20;
const MOST_HEADER_BYTES = 256 * 1024;

/** @throws Problem 400 where it can't be read as a mail */
export async function parseMail(raw: Buffer): Promise<Mail> {
  try {
    const mail = await PostalMime.parse(raw, { maxNestingDepth: DEEPEST, maxHeadersSize: MOST_HEADER_BYTES });
    const header = (name: string): string => mail.headers.find(({ key }) => key === name)?.value.toLowerCase() ?? '';
    return {
      from: mail.from?.address?.toLowerCase() ?? '',
      subject: oneLine(mail.subject ?? ''),
      text: cutText((mail.text ?? textOfHtml(mail.html ?? '')).trim(), 15_000),
      date: mail.date,
      messageId: mail.messageId,
      // RFC 3834, 5; and what was in use before it. Alerts are 'auto-generated'.
      autoReply:
        header('auto-submitted').startsWith('auto-replied') || header('precedence') === 'auto_reply' || header('x-autoreply') === 'yes',
    };
  } catch (error) {
    throw badRequest(`The mail can't be read: ${(error as Error).message.slice(0, 200)}.`);
  }
}

const oneLine = (text: string): string => cutText(text.replaceAll(/\s+/g, ' ').trim(), 1_000);

/** Enough for a person to read; what browsers make of it is not needed. */
const textOfHtml = (html: string): string =>
  html.slice(0, 100_000).replaceAll(/<(?:style|script)[^>]{0,1000}>[^<]{0,100000}/gi, '').replaceAll(/<[^<>]{0,2000}>/g, ' ').replaceAll(/&nbsp;/g, ' ').replaceAll(/[ \t]+/g, ' '); // prettier-ignore

/** `from` may be anything that the sender wrote: this keeps out what is there by mistake, not who wants in. */
export function maySend({ from }: Pick<Mail, 'from'>, { senders }: MailRules): boolean {
  return senders.length === 0 || senders.some((one) => (one.startsWith('@') ? from.endsWith(one) : from === one));
}

/** @throws Problem 400 where there is no subject */
export function mapMail(mail: Mail, rules: MailRules): Mapped {
  const { subject } = mail;
  // An alert made of what answers nines' own mail would send the next.
  if (mail.autoReply) return { events: [], refused: [] };
  if (subject === '') throw badRequest('The mail has no subject: it is what an alert is called.');
  const lower = subject.toLowerCase();
  if (rules.ignored.some((word) => lower.includes(word.toLowerCase()))) return { events: [], refused: [] };
  const over = rules.resolved.some((word) => hasWord(lower, word.toLowerCase()));
  const key = keyOf(lower, [...rules.resolved, ...rules.firing]);
  return {
    events: [
      {
        status: over ? 'resolved' : 'firing',
        key: key === '' ? lower : key,
        title: subject.replace(/^(?:(?:re|fwd?|aw|wg)\s*:\s*)+/i, ''),
        description: mail.text === '' ? undefined : mail.text,
        severity: /\[(critical|warning|error|info|major|minor|high|low|emergency|p[1-5])\]/i.exec(subject)?.[1],
        labels: { alertname: 'Mail', from: mail.from },
        annotations: { message_id: mail.messageId },
      },
    ],
    refused: [],
  };
}

/** As a word of its own, where it begins or ends in a letter: `resolved` is not in `unresolved`. */
function hasWord(text: string, word: string): boolean {
  const isLetter = (at: number): boolean => /[\p{L}\p{N}]/u.test(text[at] ?? '');
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [first, last] = [at - 1, at + word.length];
    if (!(isLetter(at) && isLetter(first)) && !(isLetter(last - 1) && isLetter(last))) return true;
  }
  return false;
}

/** What is left of a subject without the words of its state, answers, numbers in brackets and marks between. */
function keyOf(subject: string, words: readonly string[]): string {
  let left = subject.replace(/^(?:(?:re|fwd?|aw|wg)\s*:\s*)+/, '');
  for (const word of [...words].sort((a, b) => b.length - a.length)) {
    const lower = word.toLowerCase();
    for (let tries = 0; tries < 5 && hasWord(left, lower); tries++) left = left.replace(lower, ' ');
  }
  return cutText(left.replaceAll(/[\s[\](){}:;,!*#|-]+/g, ' ').trim(), 1_000);
}
