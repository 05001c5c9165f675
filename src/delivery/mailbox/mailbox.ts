import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { z } from 'zod';
import { route, type Route } from '../../platform/http/index.ts';
import { newId } from '../../platform/id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { notFound } from '../../platform/problem.ts';
import type { Migration, Sql } from '../../platform/sql/index.ts';
import { mailboxAnswer, mailboxMessage } from '../contract.ts';
import type { SmtpSettings } from '../channels/email/email-channel.ts';

interface Tables {
  mailbox: { id: string; envelope_to: string; sender: string; subject: string; text: string; html: string | null; received_at: number };
}

export const mailboxMigrations: Migration[] = [
  {
    id: 'mailbox-1',
    up: `create table mailbox (id text primary key, envelope_to text not null, sender text not null, subject text not null,
      text text not null, html text, received_at bigint not null);`,
  },
];

const MOST_BYTES = 1024 * 1024;
/** Older mail goes: this is a mailbox to look into, not an archive. */
const MOST_MESSAGES = 500;

export interface Mailbox {
  /** How the e-mail channel reaches it. */
  readonly smtp: SmtpSettings;
  readonly routes: Route[];
  stop(): Promise<void>;
}

/**
 * A local mailbox: a real SMTP server on loopback that keeps what it is sent and shows it at /mail. It is where pages go
 * in the demo, and until a mail server is set.
 */
export async function startMailbox({ sql, clock, log }: { sql: Sql; clock: Clock; log: Log }): Promise<Mailbox> {
  const keep = async (stream: SMTPServerDataStream, to: string[]): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    if (stream.sizeExceeded) throw Object.assign(new Error(`a message may have ${MOST_BYTES} bytes`), { responseCode: 552 });
    const mail = await PostalMime.parse(Buffer.concat(chunks));
    const now = clock.now();
    await sql.transaction(async (tx) => {
      const db = tx.db<Tables>();
      await db
        .insertInto('mailbox')
        .values({
          id: newId(now),
          envelope_to: to.join(', '),
          sender: mail.from?.address ?? '',
          subject: mail.subject ?? '',
          text: mail.text ?? '',
          html: mail.html ?? null,
          received_at: now,
        })
        .execute();
      const oldest = await db.selectFrom('mailbox').select('id').orderBy('id', 'desc').offset(MOST_MESSAGES).limit(1).executeTakeFirst();
      if (oldest) await db.deleteFrom('mailbox').where('id', '<=', oldest.id).execute();
    });
  };

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MOST_BYTES,
    maxClients: 20,
    logger: false,
    // Only once it is committed does the sender hear 250.
    onData: (stream, session, done) => {
      keep(
        stream,
        session.envelope.rcptTo.map(({ address }) => address),
      ).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  server.on('error', (error) => log.warn({ err: error }, 'the local mailbox'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    smtp: { host: '127.0.0.1', port, from: 'nines <nines@localhost>' },
    routes: mailboxRoutes(sql),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Responders only: the messages hold one-tap links, with which anyone acknowledges in the recipient's name. */
function mailboxRoutes(sql: Sql): Route[] {
  const toJson = ({ envelope_to, sender, received_at, ...rest }: Tables['mailbox']) => ({
    ...rest,
    to: envelope_to,
    from: sender,
    receivedAt: new Date(received_at).toISOString(),
  });
  return [
    route({
      method: 'GET',
      path: '/nines/v1/mailbox',
      access: 'responder',
      summary: 'What the local mailbox received, the newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(MOST_MESSAGES).default(50) }),
      response: mailboxAnswer,
      handler: async ({ query }) => {
        const rows = await sql.db<Tables>().selectFrom('mailbox').selectAll().orderBy('id', 'desc').limit(query.limit).execute();
        return { messages: rows.map(toJson) };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/mailbox/:id',
      access: 'responder',
      summary: 'One message of the local mailbox',
      params: z.object({ id: z.string().max(40) }),
      response: mailboxMessage,
      handler: async ({ params }) => {
        const row = await sql.db<Tables>().selectFrom('mailbox').selectAll().where('id', '=', params.id).executeTakeFirst();
        if (!row) throw notFound('message', params.id);
        return toJson(row);
      },
    }),
  ];
}
