import type { Migration } from '../platform/sql/index.ts';

export interface ChatTables {
  /** What was heard, by the chat's own id of it: chats deliver again what was not answered in time. */
  chat_heard: { key: string; at: number; done: boolean };
  /** How far a chat that is asked was read. */
  chat_cursors: { way: string; cursor: string };
}

export const chatMigrations: Migration[] = [
  {
    id: 'chat-heard',
    up: `
      create table chat_heard (key text primary key, at bigint not null, done boolean not null default false);
      create index chat_heard_by_time on chat_heard (at);
      create table chat_cursors (way text primary key, cursor text not null);`,
  },
];
