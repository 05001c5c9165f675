import PostalMime from 'postal-mime';

/** What someone wrote in answer to a page's mail. */
export interface MailAnswer {
  readonly from: string;
  readonly messageId: string;
  readonly subject: string;
  /** The page, by the id of the mail that is answered: whoever knows it got that mail. */
  readonly page: string;
  /** The first line that is not quoted. */
  readonly text: string;
}

const DEEPEST = 20;
const MOST_HEADER_BYTES = 256 * 1024;
/** `<page.01hx….0.0.ana.email@nines>`: how the Message-IDs of pages begin. */
const PAGE_ID = /<page\.([0-9a-z]{20})\.[^<>\s@]{1,300}@nines>/;

/** Undefined where it answers no page, or no person wrote it: a mail that says 'I am out of office' acknowledges nothing. */
export async function readMailAnswer(raw: Buffer): Promise<MailAnswer | undefined> {
  const mail = await PostalMime.parse(raw, { maxNestingDepth: DEEPEST, maxHeadersSize: MOST_HEADER_BYTES });
  const header = (key: string): string =>
    mail.headers
      .find((one) => one.key === key)
      ?.value.toLowerCase()
      .trim() ?? '';
  const automatic = !['', 'no'].includes(header('auto-submitted')) || ['bulk', 'junk', 'list', 'auto_reply'].includes(header('precedence'));
  const page = PAGE_ID.exec(`${mail.inReplyTo ?? ''} ${(mail.references ?? '').slice(-4_000)}`)?.[1];
  const from = mail.from?.address?.toLowerCase() ?? '';
  if (automatic || page === undefined || from === '' || mail.messageId === undefined) return undefined;
  return { from, messageId: mail.messageId, subject: (mail.subject ?? '').slice(0, 200), page, text: firstLine(mail.text ?? '') };
}

/** Up to where the quoted mail begins. */
export function firstLine(text: string): string {
  for (const line of text.slice(0, 20_000).split(/\r?\n/)) {
    const words = line.trim();
    if (words.startsWith('>') || words === '--' || /^-{3,}|^_{5,}|^On .{1,200}wrote:$|^From: /.test(words)) return '';
    if (words !== '') return words.slice(0, 1_000);
  }
  return '';
}
