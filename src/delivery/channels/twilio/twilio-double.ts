import { z } from 'zod';
import { type DoubleReply, type ProviderDouble, startDouble } from '../provider-double.ts';

const phone = z.string().regex(/^\+[1-9]\d{1,14}$/);
const callback = z.url({ protocol: /^https$/, hostname: /\./ }).optional();
const message = z.strictObject({ To: phone, From: z.string().min(1), Body: z.string().min(1).max(1_600), StatusCallback: callback });
const call = z.strictObject({ To: phone, From: phone, Twiml: z.string().max(4_000), Timeout: z.string().regex(/^\d{1,3}$/).optional(), StatusCallback: callback }); // prettier-ignore

const no = (status: number, code: number, text: string): DoubleReply => ({ status, body: { code, message: text, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }); // prettier-ignore

export interface TwilioDouble extends ProviderDouble {
  /** What it accepted. */
  readonly forms: { readonly Twiml?: string; readonly StatusCallback?: string | undefined }[];
}

/** A strict double of Twilio's REST API: https://www.twilio.com/docs/usage/api. One account, with one number. */
export async function startTwilioDouble(resource: 'Messages' | 'Calls'): Promise<TwilioDouble> {
  const forms: TwilioDouble['forms'][number][] = [];
  const double = await startDouble(
    () => ({ address: '+4930123456', stranger: '+15005550001' }),
    (request, double) => {
      if (double.next === 'too many') return { ...no(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '3' } };
      if (double.next === 'broken') return no(503, 20503, 'Service unavailable');
      const right = `Basic ${Buffer.from('AC0123456789abcdef0123456789abcdef:right').toString('base64')}`;
      if (request.headers.authorization !== right) return no(401, 20003, 'Authenticate');
      if (request.path !== `/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/${resource}.json`)
        return no(404, 20404, 'The requested resource was not found');
      if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return no(400, 21601, 'wrong content type');
      const form = Object.fromEntries(new URLSearchParams(request.body));
      const parsed = resource === 'Messages' ? message.safeParse(form) : call.safeParse(form);
      if (!parsed.success) return no(400, 'To' in form ? 21617 : 21604, parsed.error.message);
      const { To: to, From: from } = parsed.data;
      if (from !== '+15005550006') return no(400, 21606, "The 'From' number is not owned by your account.");
      if (to === '+15005550001') return no(400, 21211, `Invalid 'To' Phone Number: ${to}`);
      const text = 'Body' in parsed.data ? parsed.data.Body : heard(parsed.data.Twiml);
      forms.push(parsed.data);
      double.shown.push({ to, text, links: text.match(/https?:\/\/\S+/g) ?? [] });
      return { status: 201, body: { sid: resource === 'Messages' ? 'SM1' : 'CA1', status: 'queued', to, from } };
    },
  );
  return Object.assign(double, { forms });
}

/** What a voice says. Throws for what is no TwiML of these elements. */
function heard(twiml: string): string {
  const left = twiml
    .replace('<?xml version="1.0" encoding="UTF-8"?>', '')
    .replaceAll(
      /<\/?(Response|Say)>|<Pause length="1"\/>|<Gather input="dtmf" numDigits="1" timeout="\d+" method="POST" action="[^"<>]+">|<\/Gather>/g,
      ' ',
    );
  if (/[<>]|&(?!(amp|lt|gt|quot|#39);)/.test(left)) throw new Error(`no TwiML: ${left}`);
  const text = left
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  return text.trim();
}
