import fs from 'node:fs/promises';
import path from 'node:path';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Log } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { mapMail, maySend, parseMail } from './email.ts';
import type { MailRules } from './integration-kind.ts';
import type { Integration, Integrations } from './integrations.ts';
import type { MailAnswers } from './mail-answers.ts';
import { watchPair, type Pair, type TlsFiles } from './mail-tls.ts';

export interface MailIntakeDeps {
  readonly integrations: Integrations;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly settings: {
    /** The port for mail; false opens none, 0 any. */
    readonly smtp: number | false;
    /** The port that is encrypted from the first byte on. */
    readonly smtps?: number | false;
    /** Without it, nothing is encrypted. */
    readonly tls?: TlsFiles | undefined;
    readonly host: string;
    /** The largest mail in bytes. */
    readonly maxMail: number;
  };
  /** Who takes answers to pages, once that is known. */
  readonly answers?: () => MailAnswers | undefined;
}

export interface MailIntake {
  /** Opens the ports and begins to look into folders; the port for mail that is open. */
  start(): Promise<number | undefined>;
  stop(): Promise<void>;
  /** Looks into the folders, and for another certificate, once. */
  look(): Promise<void>;
}

const LOOK_MS = 5_000;
/** So many mails of a folder at a look; the rest at the next. */
const MOST_AT_ONCE = 200;
const COMPONENT = 'alerting.mail';

const rulesOf = ({ spec }: Integration): MailRules | undefined => (spec.type === 'email' ? spec.mail : undefined);

/** Mail as alerts: by SMTP to the addresses that documents name, and from their maildirs. */
export function createMailIntake({ integrations, clock, log, health, settings, answers = () => undefined }: MailIntakeDeps): MailIntake {
  let timer: Timer | undefined;
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  const recipients = (address: string): Integration[] =>
    integrations.list().filter((one) => rulesOf(one)?.recipients.includes(address.toLowerCase()));

  /** @throws Problem 400 where it is no mail that can be an alert */
  async function take(integration: Integration, raw: Buffer): Promise<void> {
    const rules = rulesOf(integration);
    // What someone answers to a page is no news of what fails.
    if (rules === undefined || (await answers()?.take(raw, null))) return;
    await integrations.takeMapped(integration, async () => {
      const mail = await parseMail(raw);
      if (!maySend(mail, rules)) throw new Problem(400, 'bad-request', `Mail from '${mail.from.slice(0, 100)}' is not taken: it is none of mail.senders.`);
      return mapMail(mail, rules);
    });
  } // prettier-ignore

  /** Null where it may, else why not. */
  async function mayAnswer(address: string): Promise<string | null> {
    const found = await answers()?.at(address);
    return found === undefined ? 'No integration has this address' : found.refused;
  }

  const servers: SMTPServer[] = [];
  let unencrypted = false;
  const newPair = settings.tls === undefined ? undefined : watchPair(settings.tls);

  const createServer = (pair: Pair | undefined, secure: boolean): SMTPServer => new SMTPServer({
    ...pair,
    secure,
    authOptional: true,
    // Without a certificate of its own, encryption would only seem to be one.
    disabledCommands: pair === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    minVersion: 'TLSv1.2',
    disableReverseLookup: true,
    logger: false,
    banner: 'nines takes alerts',
    size: settings.maxMail,
    maxClients: 50,
    socketTimeout: 60_000,
    closeTimeout: 1_000,
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length >= 20) return done(refused(452, 'Too many recipients'));
      if (recipients(address).length > 0) return done();
      mayAnswer(address).then(
        (problem) => done(problem === null ? undefined : refused(550, problem)),
        (error: unknown) => done(asSmtp(error, log)),
      );
    },
    onData(stream, session, done) {
      const addresses = session.envelope.rcptTo.map(({ address }) => address);
      const wanted = new Set(addresses.flatMap(recipients));
      const forAnswers = addresses.filter((address) => recipients(address).length === 0);
      read(stream, settings.maxMail)
        .then(async (raw) => {
          for (const address of new Set(forAnswers)) await answers()?.take(raw, address);
          for (const integration of wanted) await take(integration, raw);
        })
        // Only now is it told of: a crash before has the sender send it again.
        .then(
          () => done(null, 'Taken'),
          (error: unknown) => done(asSmtp(error, log)),
        );
    },
  });

  /** Connections from now on have the new certificate. */
  async function renew(): Promise<void> {
    if (newPair === undefined || unencrypted) return;
    try {
      const pair = await newPair();
      if (pair !== undefined) for (const server of servers) server.updateSecureContext(pair);
      health.report(`${COMPONENT}.tls`, 'ok');
    } catch (error) {
      health.report(`${COMPONENT}.tls`, 'degraded', `${(error as Error).message}. The certificate that was in use still is.`);
    }
  }

  async function open(port: number, pair: Pair | undefined, secure: boolean): Promise<number | undefined> {
    const server = createServer(pair, secure);
    server.on('error', (error: Error) => log.warn({ err: error }, 'a connection of the mail port failed'));
    servers.push(server);
    return listen(server, port, settings.host).catch((error: unknown) => {
      health.report(COMPONENT, 'degraded', `The port ${port} for mail can't be opened: ${(error as Error).message}. Change inbound.${secure ? 'smtps' : 'smtp'}.`);
      return undefined;
    });
  }

  async function look(): Promise<void> {
    const problems: string[] = [];
    for (const integration of integrations.list()) {
      const folder = rulesOf(integration)?.folder;
      if (folder === undefined) continue;
      const problem = await lookInto(folder, integration).catch((error: unknown) => `Mail in ${folder} can't be read: ${(error as Error).message}.`);
      if (problem !== undefined) problems.push(problem);
    }
    health.report(`${COMPONENT}.folders`, problems.length === 0 ? 'ok' : 'degraded', problems.join(' '));
  } // prettier-ignore

  async function lookInto(folder: string, integration: Integration): Promise<string | undefined> {
    const files = (await fs.readdir(path.join(folder, 'new'))).sort().slice(0, MOST_AT_ONCE);
    if (files.length > 0) await fs.mkdir(path.join(folder, 'cur'), { recursive: true });
    for (const file of files) {
      const from = path.join(folder, 'new', file);
      const stats = await fs.lstat(from);
      if (!stats.isFile()) continue;
      try {
        if (stats.size > settings.maxMail) throw new Problem(400, 'bad-request', `The mail ${file.slice(0, 100)} has ${stats.size} bytes, at most ${settings.maxMail} are read.`);
        await take(integration, await fs.readFile(from));
      } catch (error) {
        // What can't be taken now is left for the next look; what never can is put away, for a person to read.
        if (!(error instanceof Problem) || error.status !== 400) return `Mail in ${folder} waits: ${(error as Error).message}`;
        log.warn({ err: error, file: from }, 'a mail was put away unread');
      }
      // Another process may have taken and moved it in the same moment: it is the same alert.
      await fs.rename(from, path.join(folder, 'cur', `${file.split(':')[0]}:2,S`)).catch(ignoreMissing);
    }
    return undefined;
  } // prettier-ignore

  const again = (): void => {
    looking = Promise.all([look(), renew()]).then(() => undefined).finally(() => {
      if (!stopped) timer = clock.after(LOOK_MS, again);
    });
  };

  return {
    async look() {
      await Promise.all([look(), renew()]);
    },
    async start() {
      const { smtp, smtps = false } = settings;
      // Mail without encryption is better than none: the port opens, and health says what is wrong.
      const pair = await newPair?.().catch((error: unknown) => {
        unencrypted = true;
        health.report(`${COMPONENT}.tls`, 'degraded', `Mail is taken without encryption: ${(error as Error).message}. Mend inbound.tls, and start again.`);
        return undefined;
      });
      if (smtp === false && smtps === false) {
        again();
        return undefined;
      }
      health.report(COMPONENT, 'ok');
      const port = smtp === false ? undefined : await open(smtp, pair, false);
      if (smtps !== false && pair !== undefined) await open(smtps, pair, true);
      again();
      return port;
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await looking;
      for (const server of servers) if (server.server.listening) await new Promise<void>((resolve) => server.close(resolve));
    },
  };
} // prettier-ignore

function listen(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** All of it, though no more than allowed is kept. */
async function read(stream: SMTPServerDataStream, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= most) chunks.push(chunk);
  }
  if (length > most) throw Object.assign(new Error(`The mail has ${length} bytes, at most ${most} are taken`), { responseCode: 552 });
  return Buffer.concat(chunks);
}

const refused = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

/** 554 for what will never be taken; 451 has the sender try again later. */
function asSmtp(error: unknown, log: Log): Error {
  if (error instanceof Error && 'responseCode' in error) return error;
  const text = (error as Error).message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 400);
  if (error instanceof Problem && error.status === 400) return refused(554, text);
  if (!(error instanceof Problem)) log.error({ err: error }, 'a mail could not be taken');
  return refused(451, error instanceof Problem ? text : 'Try again later');
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
