import { z } from 'zod';

/** Settings in `nines.yaml` of commands in chats. */
export const chatSettings = z
  .strictObject({
    people: z
      .enum(['viewer', 'responder'])
      .default('responder')
      .describe('what people may in chats for whom there is a Person document and no account; with an account, it is what that may'),
    strangers: z
      .enum(['none', 'viewer'])
      .default('none')
      .describe('what people may in chats who are in no Person document: `viewer` lets them read'),
    mailAddress: z
      .string()
      .regex(
        /^[a-z0-9._-]{1,16}@[a-z0-9.-]{1,200}$/,
        "an address in lower case, such as 'answers@nines.example.org', with at most 16 characters before the @",
      )
      .optional()
      .describe("where answers to pages' mails go, at the port of `inbound.smtp`: each mail has one of its own, signed, with a plus in it"),
    mailFolder: z
      .string()
      .min(1)
      .optional()
      .describe("a maildir to which answers to pages' mails are delivered: `ack`, `snooze 30m` in the first line"),
  })
  .prefault({});
export type ChatSettings = z.output<typeof chatSettings>;
