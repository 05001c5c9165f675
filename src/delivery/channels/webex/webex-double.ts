import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

const bytes = z.string().refine((text) => Buffer.byteLength(text) <= 7_439, 'at most 7439 bytes');
/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const content = z
  .strictObject({ roomId: z.string().optional(), toPersonEmail: z.email().optional(), text: bytes.min(1).optional(), markdown: bytes.min(1).optional() })
  .refine(({ roomId, toPersonEmail }) => (roomId === undefined) !== (toPersonEmail === undefined), 'one of roomId and toPersonEmail')
  .refine(({ text, markdown }) => (text ?? markdown) !== undefined, 'text or markdown'); // prettier-ignore

const ROOM = 'Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0';
const no = (status: number, message: string): DoubleReply => ({
  status,
  body: { message, errors: [{ description: message }], trackingId: 'NINES_1' },
});

/** A strict double of Webex' messages, with one bot and one room that it is in. */
export const startWebexDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: ROOM, stranger: 'nobody@example.org' }),
    (request, double) => {
      if (double.next === 'too many') return { ...no(429, 'Too many requests'), headers: { 'retry-after': '8' } };
      if (double.next === 'broken') return no(502, 'Bad Gateway');
      if (request.method !== 'POST' || request.path !== '/v1/messages') return no(404, 'The requested resource could not be found.');
      if (request.headers.authorization !== 'Bearer right') return no(401, 'The request requires a valid access token set in the Authorization request header.');
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, parsed.error.message);
      const { roomId, text, markdown } = parsed.data;
      if (roomId !== ROOM) return no(404, 'Could not find a room with provided ID.');
      const said = text ?? markdown ?? '';
      double.shown.push({ to: roomId, text: said, links: said.match(/https?:\/\/\S+/g) ?? [] });
      return { status: 200, body: { id: 'Y2lzY29zcGFyazovL3VzL01FU1NBR0UvOTJkYj', roomId, text: said } };
    },
  ); // prettier-ignore
