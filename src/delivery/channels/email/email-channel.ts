import { createTransport } from 'nodemailer';
import type { Clock } from '../../../platform/clock.ts';
import { type Channel, type Outcome, STOPPED } from '../channel.ts';
import { secretsOf, withoutSecrets } from '../secrets.ts';
import { withinTime } from '../time-limit.ts';
import { composeMail } from './compose-mail.ts';

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (port 465). Otherwise STARTTLS where the server offers it. */
  readonly secure?: boolean | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** `nines <nines@example.org>`. */
  readonly from: string;
  /** Rather no mail than one in the clear. */
  readonly requireTls?: boolean | undefined;
}

export interface SmtpTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence on an open connection. */
  readonly commandMs: number;
  /** All of it: a server that trickles a byte a second never falls silent. */
  readonly overallMs: number;
}

const TIMEOUTS: SmtpTimeouts = { connectMs: 5_000, greetingMs: 8_000, commandMs: 10_000, overallMs: 20_000 };

/** Where another server stands ready, this one is not waited for as long. */
export const BESIDE: SmtpTimeouts = { connectMs: 3_000, greetingMs: 4_000, commandMs: 5_000, overallMs: 9_000 };

const UNSET = 'No mail server is set, so e-mails wait. Set smtp.host, smtp.port and smtp.from in nines.yaml.';

/** Sends by SMTP, one connection a message, so that one that hangs holds up no other. Null settings: everything waits. */
export function createEmailChannel(
  settings: SmtpSettings | null,
  { clock, timeouts = TIMEOUTS }: { clock: Clock; timeouts?: SmtpTimeouts },
): Channel {
  if (settings === null) {
    return { name: 'email', unset: UNSET, peer: () => 'SMTP', send: () => Promise.resolve({ kind: 'unconfigured', error: UNSET }) };
  }
  const transport = createTransport({ ...transportOptions(settings, timeouts) });
  return {
    name: 'email',
    peer: () => `The mail server ${settings.host}:${settings.port}`,
    async send(message, signal) {
      if (!isAddress(message.address)) return { kind: 'refused', error: `${JSON.stringify(message.address)} is no e-mail address` };
      return withinTime(signal, timeouts.overallMs, async (limit) => {
        try {
          const sent = await transport.sendMail({ ...composeMail(message, { from: settings.from, now: clock.now() }), signal: limit });
          return { kind: 'accepted', answer: sent.response };
        } catch (error) {
          if (signal.aborted) return STOPPED;
          const outcome = judge(error as SmtpError, limit.aborted ? `not done within ${timeouts.overallMs / 1000} s` : undefined);
          return { ...outcome, error: withoutSecrets(outcome.error, [...secretsOf(message), ...passwords(settings)]).slice(0, MAX_ERROR) };
        }
      });
    },
  };
}

function transportOptions(settings: SmtpSettings, timeouts: SmtpTimeouts) {
  const { host, port, secure = false, user, password, requireTls = false } = settings;
  const here = /^(localhost|127\.[\d.]+|::1)$/.test(host);
  return {
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    // Where TLS is only an offer and no password is at stake, a certificate that can't be checked beats no TLS at all.
    tls: { rejectUnauthorized: !here && (secure || requireTls || user !== undefined) },
    dnsTimeout: timeouts.connectMs,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.commandMs,
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** As they go over the wire, too: AUTH PLAIN and AUTH LOGIN (RFC 4616, 2) are base 64 and no secret. */
function passwords({ user = '', password }: SmtpSettings): string[] {
  if (password === undefined) return [];
  const coded = [`\0${user}\0${password}`, password].map((text) => Buffer.from(text).toString('base64'));
  return [password, ...coded];
}

const MAX_ERROR = 500;

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/**
 * A 5xx to the recipient or the message is final; to anything else (the password, the sender, the greeting) it is a
 * setting that someone will mend, and the mail can wait for that.
 */
function judge(error: SmtpError, late: string | undefined): Extract<Outcome, { error: string }> {
  const aboutMail = error.command === 'RCPT TO' || error.command === 'DATA';
  const text =
    late ?? (error.response ? `${error.command ?? 'SMTP'}: ${error.response}` : error.message || error.code || 'no reason given');
  if (aboutMail && error.responseCode !== undefined) {
    return error.responseCode >= 500 ? { kind: 'refused', error: text } : { kind: 'failed', error: text, channelDown: false };
  }
  return { kind: 'failed', error: text, channelDown: true };
}

/** One address and nothing else: no list, no line break, no angle brackets. */
const isAddress = (text: string): boolean => /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()\\]{1,255}$/.test(text);
