import { escapeHtml } from '../email/mail-html.ts';
import { cutText } from '../../messages/index.ts';

/** A voice reads no faster: the subject of a page has 50 characters. */
const MAX_SPOKEN = 300;
/** Seconds to press a key after it has been read. */
const PATIENCE = 8;

/** What XML can hold: no control characters, no half characters, no U+FFFE and U+FFFF. */
const speakable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  escapeHtml(cutText(text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f\uFFFE\uFFFF]/g, ' '), MAX_SPOKEN));
const say = (text: string): string => `<Say>${speakable(text)}</Say>`;
const response = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?><Response>${content}</Response>`;

/** What is read in a call (https://www.twilio.com/docs/voice/twiml). */
export interface Spoken {
  readonly subject: string;
  readonly urgent: boolean;
  /** Where the key that is pressed goes; without it a call can only be listened to. */
  readonly answerTo?: string | undefined;
}

/** The subject, twice, for who was asleep a second ago; with a key that acknowledges, where nines can hear of it. */
export function callTwiml(spoken: Spoken): string {
  const intro = spoken.urgent ? 'This is nines, with a critical page.' : 'This is nines.';
  const once = `${intro} ${spoken.subject}.`;
  if (spoken.answerTo === undefined) {
    const read = `${say(once)}<Pause length="1"/>`;
    return response(`<Pause length="1"/>${read}${read}${say('Open nines to acknowledge. Goodbye.')}`);
  }
  const asked = gather(spoken.answerTo, once);
  return response(`<Pause length="1"/>${asked}${asked}${say('Nothing was pressed, so nobody has it yet. Goodbye.')}`);
}

const KEYS =
  'Press 1 to acknowledge, 2 if it is not yours, 3 to snooze it for 30 minutes, 4 to escalate, 5 to resolve, 9 to hear it again.';
const gather = (action: string, text: string): string =>
  `<Gather input="dtmf" numDigits="1" timeout="${PATIENCE}" method="POST" action="${escapeHtml(action)}">${say(text)}${say(KEYS)}</Gather>`;

/** After a key that means nothing. */
export const askAgainTwiml = (answerTo: string): string =>
  response(`${gather(answerTo, 'That key means nothing here.')}${say('Goodbye.')}`);

/** What was done is said, and the call ends. */
export const doneTwiml = (text: string): string => response(`${say(text)}${say('Goodbye.')}`);

/** A reply to a text message; none where there is nothing to say. */
export const messageTwiml = (text: string | undefined): string =>
  response(text === undefined ? '' : `<Message>${speakable(text)}</Message>`);
