/**
 * Chat is a place to work: one language of commands, the same in every chat, carried out by the native API with the rights of
 * whoever speaks.
 *
 * - What was typed becomes a command (`language/`, pure), which asks the API (`commands/`), and is answered in a few plain lines with
 *   pictures and buttons, which each way in dresses as its chat has them.
 * - Who speaks is a Person by `chat` of their document. With an account, they may what it may; without, what `chat.people` says.
 *   Who is in no document may read where `chat.strangers` says so, and nothing otherwise.
 */
export { chatSettings } from './chat-settings.ts';
export { createChat, type Chat, type ChatDeps } from './module.ts';
export { chatMigrations } from './migrations.ts';
export { dailyReportKind } from './daily/daily-report-kind.ts';
