import PostalMime from 'postal-mime';

/** What someone wrote in answer to a page's mail. */
export interface MailAnswer {
  readonly from: string;
  readonly messageId: string;
  readonly subject: string;
  /** The page, by the id of the mail that is answered, or by the address that it came to. */
  readonly page: string;
  /** The first line that is not quoted. */
  readonly text: string;
  /** No person wrote it: a mail that says 'I am out of office' acknowledges nothing. */
  readonly automatic: boolean;
}

const DEEPEST = 20;
const MOST_HEADER_BYTES = 256 * 1024;
/** `<page.01hx….0.0.ana.email@nines>`: how the Message-IDs of pages begin. */
const PAGE_ID = /<page\.([0-9a-z]{20})\.[^<>\s@]{1,300}@nines>/;
const AUTOMATIC_SUBJECT =
  /^(?:re: ?)*(?:auto(?:matic)?[ -]?(?:reply|response|antwort)|automatische antwort|out of (?:the )?office|abwesen|undeliver|delivery status)/i;

/** Undefined where it answers no page; `page`: the one that its address is about. */
export async function readMailAnswer(raw: Buffer, page?: string): Promise<MailAnswer | undefined> {
  // Most mail is none: it need not be taken apart for that.
  if (page === undefined && !raw.includes('@nines>')) return undefined;
  const mail = await PostalMime.parse(raw, { maxNestingDepth: DEEPEST, maxHeadersSize: MOST_HEADER_BYTES });
  const about = page ?? PAGE_ID.exec(`${mail.inReplyTo ?? ''} ${(mail.references ?? '').slice(-4_000)}`)?.[1];
  if (about === undefined) return undefined;
  const header = (key: string): string => mail.headers.find((one) => one.key === key)?.value.toLowerCase().trim() ?? ''; // prettier-ignore
  const from = mail.from?.address?.toLowerCase() ?? '';
  const automatic =
    !['', 'no'].includes(header('auto-submitted')) ||
    ['bulk', 'junk', 'list', 'auto_reply'].includes(header('precedence')) ||
    header('x-autoreply') !== '' ||
    header('x-autorespond') !== '' ||
    // What did not arrive comes back without a sender.
    header('return-path') === '<>' ||
    AUTOMATIC_SUBJECT.test(mail.subject ?? '') ||
    from === '';
  const subject = (mail.subject ?? '').slice(0, 200);
  return {
    from,
    messageId: mail.messageId ?? `none ${from} ${subject}`,
    subject,
    page: about,
    text: firstLine(mail.text ?? ''),
    automatic,
  };
}

/** Up to where the quoted mail begins. */
export function firstLine(text: string): string {
  for (const line of text.slice(0, 20_000).split(/\r?\n/)) {
    const words = line.trim();
    if (words.startsWith('>') || words === '--' || /^-{3,}|^_{5,}|^On .{1,200}wrote:$|^(?:From|Von): /.test(words)) return '';
    if (words !== '') return words.slice(0, 1_000);
  }
  return '';
}
