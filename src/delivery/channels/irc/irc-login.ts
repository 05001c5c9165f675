import type { IrcConnection } from './irc-connection.ts';

export interface IrcLogin {
  readonly nick: string;
  /** The server's password. */
  readonly password?: string | undefined;
  /** An account, by SASL PLAIN. */
  readonly sasl?: { readonly user: string; readonly password: string } | undefined;
  /** The nick's password with NickServ, where the network has no SASL. */
  readonly nickserv?: string | undefined;
}

/** What the server said no to. `ours`: a setting, which someone will mend; otherwise the target. */
export class IrcRefusal extends Error {
  readonly ours: boolean;
  constructor(message: string, ours: boolean) {
    super(message);
    this.ours = ours;
  }
}

const MOST_NICKS = 8;
/** The nick can't be had: in use, held back after a split, or not allowed now (RFC 2812, 5.2). */
const NICK_TAKEN = new Set(['433', '436', '437']);
/** SASL failed (IRCv3), the password is wrong, banned. */
const NO_ENTRY = new Set(['902', '904', '905', '906', '464', '465', '466', '432']);

/** Registers (RFC 2812, 3.1), by SASL where that is set; with another nick where this one is in use. Returns the nick. */
export async function logIn(connection: IrcConnection, login: IrcLogin): Promise<string> {
  const { password, sasl, nickserv } = login;
  let nick = login.nick;
  let tries = 0;
  if (password !== undefined) connection.write(`PASS :${password}`);
  if (sasl) connection.write('CAP REQ :sasl');
  connection.write(`NICK ${nick}`);
  connection.write('USER nines 0 * :nines');
  for (;;) {
    const { command, params } = await connection.read();
    const said = params.at(-1) ?? '';
    if (command === '001') break;
    if (NO_ENTRY.has(command)) throw new IrcRefusal(`${command} ${said}`, true);
    if (command === 'ERROR') throw new Error(said);
    if (NICK_TAKEN.has(command)) {
      tries += 1;
      if (tries > MOST_NICKS) throw new Error(`${command} ${said}, and so are ${MOST_NICKS} nicks like it`);
      // Servers cut a long nick: nine characters are always allowed.
      nick = `${login.nick.slice(0, 9 - String(tries).length)}${tries}`;
      connection.write(`NICK ${nick}`);
    }
    if (sasl && command === 'CAP' && params[1] === 'NAK') throw new IrcRefusal('the server has no SASL; set irc.nickserv instead', true);
    if (sasl && command === 'CAP' && params[1] === 'ACK') connection.write('AUTHENTICATE PLAIN');
    // A server that knows no capabilities would let us in without the account.
    if (sasl && command === '421' && params[1] === 'CAP') throw new IrcRefusal('the server has no SASL; set irc.nickserv instead', true);
    if (sasl && command === 'AUTHENTICATE' && params[0] === '+') for (const line of saslPlain(sasl)) connection.write(line);
    if (command === '903') connection.write('CAP END');
  }
  if (nickserv !== undefined) connection.write(`PRIVMSG NickServ :IDENTIFY ${login.nick} ${nickserv}`);
  return nick;
}

/** In pieces of 400 characters, with an empty one after a full one (https://ircv3.net/specs/extensions/sasl-3.1). */
function saslPlain({ user, password }: { user: string; password: string }): string[] {
  const text = Buffer.from(`${user}\0${user}\0${password}`).toString('base64');
  const pieces = text.match(/.{1,400}/g) ?? [];
  return [...pieces, ...(text.length % 400 === 0 ? ['+'] : [])].map((piece) => `AUTHENTICATE ${piece}`);
}
