import { type Answer, askProvider, type HttpDeps, jsonOf, judgeAnswer, parseUrl, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { type Channel, type Outcome, unconfigured } from '../channel.ts';
import { messageParts, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';
import { smsText } from './sms-text.ts';
import { callTwiml } from './twiml.ts';

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  /** A telephone number, or for SMS a sender's name. */
  readonly from: string;
  /** Without a slash at the end. */
  readonly url: string;
}

const UNSET = 'No Twilio account is set, so its messages wait. Set twilio.accountSid, twilio.authToken and twilio.from in nines.yaml.';
/**
 * About this number: not one, unreachable, not verified in a trial, blocked, no mobile, opted out
 * (https://www.twilio.com/docs/api/errors).
 */
const ABOUT_NUMBER = new Set([
  21211, 21214, 21217, 21219, 21265, 21408, 21421, 21608, 21610, 21612, 21614, 13223, 13224, 13225, 13226, 13227,
]);

export interface TwilioDeps extends HttpDeps {
  /** Where Twilio tells what became of a message, and which key was pressed; undefined where it can't reach nines. */
  readonly callbacks?: string | undefined;
}

/** SMS by Twilio's Messages resource (https://www.twilio.com/docs/messaging/api/message-resource), or one like it. */
export const createSmsChannel = (settings: TwilioSettings | undefined, deps: TwilioDeps): Channel =>
  createTwilioChannel('sms', settings, deps, (message) => ({ resource: 'Messages', form: { Body: smsText(messageParts(message)) } }));

/** A call by Twilio's Calls resource (https://www.twilio.com/docs/voice/api/call-resource): a voice reads the subject, twice. */
export const createVoiceChannel = (settings: TwilioSettings | undefined, deps: TwilioDeps): Channel =>
  createTwilioChannel('voice', settings, deps, (message, callbacks) => ({
    resource: 'Calls',
    form: { Twiml: spoken(message, callbacks), Timeout: '40' },
  }));

interface Request {
  readonly resource: 'Messages' | 'Calls';
  readonly form: Readonly<Record<string, string>>;
}

function createTwilioChannel(
  name: 'sms' | 'voice',
  settings: TwilioSettings | undefined,
  { clock, timeoutMs = PROVIDER_TIMEOUT_MS, callbacks }: TwilioDeps,
  requestOf: (message: Message, callbacks: string | undefined) => Request,
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
      const { resource, form } = requestOf(message, callbacks);
      const status = callbacks !== undefined &&
        message.delivery !== undefined && { StatusCallback: `${callbacks}/status/${message.delivery}` };
      const body = new URLSearchParams({ To: message.address, From: from, ...form, ...status }).toString();
      const asked = { url: `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/${resource}.json`, headers, body };
      const answer = await askProvider(asked, { clock, timeoutMs, signal, secrets: secretsOf(message, authToken) });
      return 'kind' in answer ? answer : judge(answer);
    },
  };
}

/** A refusal about the number is final; any other (no money, a sender that is not ours, a wrong token) someone will mend. */
function judge(answer: Answer): Outcome {
  const { sid, status, code, message } = jsonOf(answer.text);
  const outcome = judgeAnswer(answer, [400, 401, 402, 403, 404]);
  if (outcome.kind === 'accepted') {
    if (typeof sid === 'string') return { kind: 'accepted', answer: `${sid} ${String(status)}`.slice(0, 100), ref: sid.slice(0, 100) };
    return { kind: 'failed', error: `not what Twilio answers: ${answer.said}`, channelDown: true };
  }
  const error = typeof message === 'string' ? `${String(code)}: ${message}`.slice(0, 300) : answer.said;
  if (answer.status === 400 && typeof code === 'number' && ABOUT_NUMBER.has(code)) return { kind: 'refused', error };
  return outcome.kind === 'failed' ? { ...outcome, error } : outcome;
}

function spoken(message: Message, callbacks: string | undefined): string {
  const { title } = messageParts(message);
  const answerTo = callbacks !== undefined && message.delivery !== undefined ? `${callbacks}/voice/${message.delivery}` : undefined;
  return callTwiml({ subject: title, urgent: message.priority === 0, answerTo });
}
