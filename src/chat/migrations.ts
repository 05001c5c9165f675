import type { Migration } from '../platform/sql/index.ts';

export interface ChatTables {
  /** What was heard, by the chat's own id of it: chats deliver again what was not answered in time. */
  chat_heard: { key: string; at: number; done: boolean };
  /** How far a chat that is asked was read. */
  chat_cursors: { way: string; cursor: string };
  /** Pictures of daily reports, behind links that can't be guessed. */
  chat_reports: { id: string; name: string; day: string; svg: string; created_at: number };
  /** The last local day that was sent of each DailyReport. */
  chat_reports_sent: { name: string; day: string };
}

export const chatMigrations: Migration[] = [
  {
    id: 'chat-heard',
    up: `
      create table chat_heard (key text primary key, at bigint not null, done boolean not null default false);
      create index chat_heard_by_time on chat_heard (at);
      create table chat_cursors (way text primary key, cursor text not null);`,
  },
  {
    id: 'chat-daily-reports',
    up: `
      create table chat_reports (id text primary key, name text not null, day text not null, svg text not null, created_at bigint not null);
      create index chat_reports_by_time on chat_reports (created_at);
      create table chat_reports_sent (name text primary key, day text not null);`,
  },
];
