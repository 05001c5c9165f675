import { z } from 'zod';
import { type Reply, type Route, route, reply, type RouteRequest } from '../../../platform/http/index.ts';
import { Problem } from '../../../platform/problem.ts';
import type { Answered, AnswerDesk } from '../../answers/index.ts';
import { markProgress } from '../../deliveries/index.ts';
import { isSigned } from './request-signature.ts';
import { askAgainTwiml, callTwiml, doneTwiml, messageTwiml } from './twiml.ts';

const byId = z.object({ id: z.string().max(40) });
/** A key, a word or two: what is longer is not for us. */
const MAX_BODY = 16 * 1024;

/** What Twilio says of a message or call that means that nobody got it. */
const LOST = new Set(['undelivered', 'failed', 'busy', 'no-answer', 'canceled']);

const SNOOZE_MS = 30 * 60_000;
/** The keys of a call, which are numbers in a text message, too. */
const KEYS: ReadonlyMap<string, Answered> = new Map<string, Answered>([
  ['1', 'acknowledge'],
  ['2', 'not-mine'],
  ['3', { snoozeMs: SNOOZE_MS }],
  ['4', 'escalate'],
  ['5', 'resolve'],
]);

/** What Twilio calls: how far a message has come, the key pressed in a call, a text that is answered. All are signed. */
export function twilioRoutes(desk: AnswerDesk, authTokens: readonly string[]): Route[] {
  const signed = ({ headers, body }: Pick<RouteRequest, 'headers' | 'body'>, path: string): URLSearchParams => {
    const form = body instanceof URLSearchParams ? body : new URLSearchParams();
    if (isSigned(headers['x-twilio-signature'], authTokens, `${desk.url}${path}`, form)) return form;
    const detail = `This request is not signed by Twilio for ${desk.url}${path}: twilio.authToken and url in nines.yaml must be the account's and the address that it calls.`;
    throw new Problem(403, 'not-signed', detail);
  };
  return [
    route({
      method: 'POST',
      path: '/nines/v1/twilio/status/:id',
      access: 'public',
      summary: 'Twilio tells how far a message or a call has come',
      params: byId,
      bodyAs: 'form',
      bodyLimit: MAX_BODY,
      async handler({ params: { id }, headers, body }) {
        const form = signed({ headers, body }, `/nines/v1/twilio/status/${id}`);
        const status = form.get('MessageStatus') ?? form.get('CallStatus') ?? '';
        const now = desk.clock.now();
        if (status === 'delivered' || status === 'completed') await markProgress(desk.sql, id, { delivered_at: now });
        else if (status === 'read') await markProgress(desk.sql, id, { seen_at: now });
        else if (LOST.has(status)) await desk.lost(id, lostBecause(status, form.get('ErrorCode')));
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/twilio/voice/:id',
      access: 'public',
      summary: 'A key pressed in a call: 1 acknowledges, 2 is not mine, 3 snoozes, 4 escalates, 5 resolves, 9 reads it again',
      params: byId,
      bodyAs: 'form',
      bodyLimit: MAX_BODY,
      async handler({ params: { id }, headers, body }) {
        const path = `/nines/v1/twilio/voice/${id}`;
        const digits = signed({ headers, body }, path).get('Digits') ?? '';
        const call = await desk.delivery(id);
        if (!call) return twiml(doneTwiml('This call is of long ago, and there is nothing to answer.'));
        // Someone listens.
        await markProgress(desk.sql, id, { seen_at: desk.clock.now() });
        if (digits === '9') return twiml(callTwiml({ ...call, answerTo: `${desk.url}${path}` }));
        const answered = KEYS.get(digits);
        if (answered === undefined) return twiml(askAgainTwiml(`${desk.url}${path}`));
        return twiml(doneTwiml(await desk.answer(call, answered)));
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/twilio/sms',
      access: 'public',
      summary: 'A text message to the number that pages come from: ack, not mine, snooze 30m, escalate, resolve, or ack all',
      bodyAs: 'form',
      bodyLimit: MAX_BODY,
      async handler({ headers, body }) {
        const form = signed({ headers, body }, '/nines/v1/twilio/sms');
        return twiml(messageTwiml(await textAnswer(desk, form.get('From') ?? '', form.get('Body') ?? '')));
      },
    }),
  ];
}

const twiml = (body: string): Reply => reply(200, body, { 'content-type': 'text/xml; charset=utf-8' });
const lostBecause = (status: string, code: string | null): string =>
  `Twilio says ${status}${code === null ? '' : `, error ${code.slice(0, 20)}`}`;

const WORDS: readonly (readonly [RegExp, Answered | 'all'])[] = [
  [/^(a|ack|acknowledged?|ok|okay|yes|mine|on it|got it)$/, 'acknowledge'],
  [/^(no|not mine|notmine|it'?s not mine)$/, 'not-mine'],
  [/^escalated?$/, 'escalate'],
  [/^(resolved?|fixed|done|over)$/, 'resolve'],
  [/^(all|ack all|1 all)$/, 'all'],
];
const SNOOZE = /^(?:3|snooze)(?: for)? (\d{1,3}) ?(m|min|mins|minutes?|h|hours?)$/;

function wordOf(said: string): Answered | 'all' | undefined {
  const word = said.trim().toLowerCase().replaceAll(/[.!\s]+/g, ' ').trim().slice(0, 40); // prettier-ignore
  const [, length, unit] = SNOOZE.exec(word) ?? [];
  if (length !== undefined && Number(length) > 0) return { snoozeMs: Number(length) * (unit!.startsWith('h') ? 3_600_000 : 60_000) };
  return KEYS.get(word === 'snooze' ? '3' : word) ?? WORDS.find(([pattern]) => pattern.test(word))?.[1];
}

const HELP = 'Reply ack, snooze 30m, escalate, not mine or resolve for the last page that called you, or ack all for all that wait.';

/** Undefined for a number that is nobody's: whoever tries numbers learns nothing. */
async function textAnswer(desk: AnswerDesk, from: string, said: string): Promise<string | undefined> {
  const person = desk.personAt(from);
  if (person === undefined) return undefined;
  const meant = wordOf(said);
  if (meant === undefined) return HELP;
  const open = await desk.openFor(person);
  const waiting = open.filter(({ waits }) => waits);
  // What someone has acknowledged is snoozed and resolved, too.
  const [last] = meant === 'acknowledge' || meant === 'all' ? waiting : [...waiting, ...open];
  if (!last) return open.length === 0 ? 'No page that called you is open.' : 'No page that called you waits to be acknowledged.';
  if (meant === 'all')
    return desk.answer(
      { person, pages: waiting.map(({ id }) => id), subject: waiting.length === 1 ? last.subject : `${waiting.length} pages` },
      'acknowledge',
    );
  const done = await desk.answer({ person, pages: [last.id], subject: last.subject }, meant);
  const more = waiting.length - 1;
  return more < 1 || meant !== 'acknowledge' ? done : `${done} ${more} more wait: reply ack all.`;
}
