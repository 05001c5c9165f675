import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Mail extends Email {
  readonly to_: readonly string[];
  /** `performance.now()` when it had been received. */
  readonly at: number;
}

/**
 * `well` it takes mail. `silent` it accepts connections and never greets. `stalling` it takes a mail to its end, keeps it,
 * and never says so: delivery is in doubt.
 */
export type Mood = 'well' | 'silent' | 'stalling';

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: Mail[];
  mood: Mood;
  /** How long it takes to say that it has a mail, in milliseconds; 0 unless set. */
  answerAfter: () => number;
}

/** A real SMTP server on loopback that keeps what it gets. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const mails: Mail[] = [];
  const state: { mood: Mood; answerAfter: () => number } = { mood: 'well', answerAfter: () => 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (_session, done) => (state.mood === 'silent' ? undefined : done()),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const at = performance.now();
        const to = session.envelope.rcptTo.map(({ address }) => address);
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          mails.push({ ...mail, to_: to, at });
          if (state.mood !== 'stalling') setTimeout(done, state.answerAfter());
        });
      });
    },
  });
  // A connection that is cut, as by a kill, is no error of the server's.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return Object.assign(state, {
    port: (server.server.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
