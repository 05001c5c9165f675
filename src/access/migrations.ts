import type { Migration } from '../platform/sql/index.ts';

export interface AccessTables {
  accounts: { id: string; name: string; email: string; role: 'viewer' | 'responder' | 'admin'; password_hash: string; created_at: number };
  sessions: { secret_hash: string; account_id: string; created_at: number; used_at: number };
  api_tokens: {
    id: string;
    name: string;
    scope: 'viewer' | 'responder' | 'admin' | 'intake';
    secret_hash: string;
    created_at: number;
    used_at: number | null;
    expires_at: number | null;
  };
  /** The one-time set-up token, while no admin exists. */
  setup_token: { one: boolean; secret_hash: string };
}

export const accessMigrations: Migration[] = [
  {
    id: 'access-1',
    up: `
      create table accounts (id text primary key, name text not null, email text not null, role text not null,
        password_hash text not null, created_at bigint not null);
      create unique index accounts_by_email on accounts (lower(email));
      create table sessions (secret_hash text primary key, account_id text not null references accounts on delete cascade,
        created_at bigint not null, used_at bigint not null);
      create index sessions_by_account on sessions (account_id);
      create table api_tokens (id text primary key, name text not null, scope text not null, secret_hash text not null unique,
        created_at bigint not null, used_at bigint, expires_at bigint);
      create table setup_token (one boolean primary key default true check (one), secret_hash text not null);`,
  },
];
