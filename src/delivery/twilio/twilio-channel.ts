import { type Answer, askProvider, type HttpDeps, jsonOf, judgeAnswer, parseUrl, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { type Channel, type Outcome, unconfigured } from '../channel.ts';
import type { Message } from '../delivery.ts';
import { escapeHtml } from '../email/mail-html.ts';
import { cutText, messageParts } from '../message-parts.ts';
import { smsText } from './sms-text.ts';

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  /** A telephone number, or for SMS a sender's name. */
  readonly from: string;
  /** Without a slash at the end. */
  readonly url: string;
}

const UNSET = 'No Twilio account is set, so its messages wait. Set twilio.accountSid, twilio.authToken and twilio.from in nines.yaml.';
/** A voice reads no faster: the subject of a page has 50 characters. */
const MAX_SPOKEN = 300;
/**
 * About this number: not one, unreachable, not verified in a trial, blocked, no mobile, opted out
 * (https://www.twilio.com/docs/api/errors).
 */
const ABOUT_NUMBER = new Set([
  21211, 21214, 21217, 21219, 21265, 21408, 21421, 21608, 21610, 21612, 21614, 13223, 13224, 13225, 13226, 13227,
]);

/** SMS by Twilio's Messages resource (https://www.twilio.com/docs/messaging/api/message-resource), or one like it. */
export const createSmsChannel = (settings: TwilioSettings | undefined, deps: HttpDeps): Channel =>
  createTwilioChannel('sms', settings, deps, (message) => ({ resource: 'Messages', form: { Body: smsText(messageParts(message)) } }));

/** A call by Twilio's Calls resource (https://www.twilio.com/docs/voice/api/call-resource): a voice reads the subject, twice. */
export const createVoiceChannel = (settings: TwilioSettings | undefined, deps: HttpDeps): Channel =>
  createTwilioChannel('voice', settings, deps, (message) => ({ resource: 'Calls', form: { Twiml: spoken(message), Timeout: '40' } }));

interface Request {
  readonly resource: 'Messages' | 'Calls';
  readonly form: Readonly<Record<string, string>>;
}

function createTwilioChannel(
  name: 'sms' | 'voice',
  settings: TwilioSettings | undefined,
  { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps,
  requestOf: (message: Message) => Request,
): Channel {
  if (settings === undefined) return unconfigured(name, UNSET);
  const { accountSid, authToken, from, url } = settings;
  const headers = {
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  return {
    name,
    peer: () => `${parseUrl(url)?.host ?? 'Twilio'} (from ${from})`,
    async send(message, signal): Promise<Outcome> {
      const { resource, form } = requestOf(message);
      const body = new URLSearchParams({ To: message.address, From: from, ...form }).toString();
      const asked = { url: `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/${resource}.json`, headers, body };
      const answer = await askProvider(asked, { clock, timeoutMs, signal });
      return 'kind' in answer ? answer : judge(answer);
    },
  };
}

/** A refusal about the number is final; any other (no money, a sender that is not ours, a wrong token) someone will mend. */
function judge(answer: Answer): Outcome {
  const { sid, status, code, message } = jsonOf(answer.text);
  const outcome = judgeAnswer(answer, [400, 401, 402, 403, 404]);
  if (outcome.kind === 'accepted') {
    if (typeof sid === 'string') return { kind: 'accepted', answer: `${sid} ${String(status)}`.slice(0, 100) };
    return { kind: 'failed', error: `not what Twilio answers: ${answer.said}`, channelDown: true };
  }
  const error = typeof message === 'string' ? `${String(code)}: ${message}`.slice(0, 300) : answer.said;
  if (answer.status === 400 && typeof code === 'number' && ABOUT_NUMBER.has(code)) return { kind: 'refused', error };
  return outcome.kind === 'failed' ? { ...outcome, error } : outcome;
}

/** TwiML (https://www.twilio.com/docs/voice/twiml): it is said twice, for who was asleep a second ago. */
function spoken(message: Message): string {
  const { title } = messageParts(message);
  const urgent = message.priority === 0 ? 'This is nines, with a critical page.' : 'This is nines.';
  // Of what XML can't hold nothing is left: messageParts takes control characters out, and U+FFFE and U+FFFF go here.
  const text = escapeHtml(cutText(title.replaceAll(/[\uFFFE\uFFFF]/g, ''), MAX_SPOKEN));
  const once = `<Say>${urgent} ${text}.</Say><Pause length="1"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>${once}${once}<Say>Open nines to acknowledge. Goodbye.</Say></Response>`;
}
