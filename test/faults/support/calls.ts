import type { Mail } from '../../harness/mail-server.ts';

/** A mail that calls a person for a page, as its deduplication key tells it. */
export interface Call {
  readonly key: string;
  readonly messageId: string;
  readonly page: string;
  readonly round: number;
  readonly step: number;
  readonly person: string;
  readonly subject: string;
  /** The one-tap link that acknowledges. */
  readonly link: string;
  /** `performance.now()` when it was received. */
  readonly at: number;
}

export const keyOf = (mail: Mail): string => mail.headers.find(({ key }) => key === 'x-nines-key')?.value ?? '';

/** The calls among the mails, in the order in which they came; not the news that a page is resolved. */
export function callsOf(mails: readonly Mail[]): Call[] {
  return mails.flatMap((mail) => {
    const key = keyOf(mail);
    const [, page, round, step, person] = /^page:([^:]+):(\d+):(\d+):([^:]+):email$/.exec(key) ?? [];
    if (page === undefined || person === undefined) return [];
    const link = /http:\/\/\S+\/a\/\w+/.exec(mail.text ?? '')?.[0] ?? '';
    const { subject = '', messageId = '', at } = mail;
    return [{ key, messageId, page, round: Number(round), step: Number(step), person, subject, link, at }];
  });
}
