import { z } from 'zod';

/** `POST /nines/v1/chat`: a command as it is typed into a chat, for bots of your own and the command line. */
export const chatRequest = z.strictObject({
  text: z.string().max(4_000).describe('The command: `oncall payments`, `ack`, `graph checkout errors last 2h`.'),
  /** What is talked about: `ack` alone means this page. */
  page: z
    .string()
    .regex(/^[0-9a-z]{20}$/, "a page's id")
    .optional(),
  timeZone: z.string().max(60).optional().describe("Times are read and told in it; the person's by default, else UTC."),
  /** For a bot that speaks for people: a Person's name. What they may is bounded by what the token may. */
  as: z.string().max(100).optional(),
});

export const chatAnswer = z.object({
  /** Plain text, a few lines. */
  text: z.string(),
  /** To be shown to whoever asked, and nobody else. */
  quiet: z.boolean(),
  /** `image` is a PNG that whoever has the link may see; `page` is for people. */
  pictures: z.array(z.object({ title: z.string(), page: z.string(), image: z.string() })),
  /** What can be pressed, and the command that it stands for. */
  buttons: z.array(z.object({ label: z.string(), command: z.string() })),
});
export type ChatReply = z.infer<typeof chatAnswer>;

/** `GET /nines/v1/chats`: which chats are set up, who is known in them, and what can be said there. */
export const chatsAnswer = z.object({
  chats: z.array(
    z.object({
      chat: z.string(),
      /** How messages leave to it; `webhooks`: whatever address a contact names. */
      sends: z.enum(['no', 'webhooks', 'bot']),
      /** How commands come: the chat calls `address`, or nines keeps a connection open. */
      hears: z.enum(['no', 'address', 'connection']),
      address: z.string().nullable(),
      /** Of nines.yaml: what has commands taken there. */
      setting: z.string(),
    }),
  ),
  people: z.array(z.object({ name: z.string(), title: z.string(), chats: z.array(z.object({ chat: z.string(), id: z.string() })) })),
  /** What those may who are in no document. */
  strangers: z.enum(['none', 'viewer']),
  commands: z.array(z.object({ verb: z.string(), usage: z.string(), about: z.string(), examples: z.array(z.string()) })),
});
export type ChatsAnswer = z.infer<typeof chatsAnswer>;
