import { z } from 'zod';

const id = (pattern: RegExp, hint: string) => z.string().max(255).regex(pattern, hint).optional();

/** Who a person is in chats: commands from there are theirs. */
export const chatIds = z.strictObject({
  slack: id(/^[UW][A-Z0-9]{6,20}$/, "a member's id, such as 'U012AB3CD'").describe("The member's id: profile, three dots, 'Copy member ID'."),
  mattermost: id(/^[a-z0-9._-]{1,64}$/, "a user's id or name").describe("The user's id, or the name without the @."),
  discord: id(/^\d{15,21}$/, "a user's id, in quotes: 17 to 20 digits").describe("The user's id: developer mode, 'Copy User ID'."),
  telegram: id(/^\d{1,16}$/, "a user's number, in quotes").describe("The user's number: the bot tells it to whoever it doesn't know."),
  teams: id(/^[0-9a-fA-F-]{36}$/, "the user's object id: 36 characters").describe("The user's object id in Microsoft Entra."),
  matrix: id(/^@[^\s:]{1,200}:\S{1,200}$/, "an account, '@ana:example.com'").describe('The account.'),
  irc: id(/^[\w[\]\\`^{|}-]{1,30}$/, 'an account, or a nick').describe('The account with the network (or the nick, where `chat.irc.trust` is `nick`).'),
}); // prettier-ignore
export type ChatIds = z.output<typeof chatIds>;
/** The chats that people can be known in. */
export type ChatName = keyof ChatIds;
