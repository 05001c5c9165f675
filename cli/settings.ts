import fs from 'node:fs';
import path from 'node:path';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

export const DEFAULT_URL = 'http://localhost:9900';
export const DEFAULT_CONTROLLER = 'http://localhost:9930';

/** What every command takes. */
export interface GlobalOptions {
  url?: string;
  token?: string;
  json?: boolean;
  timeout: number;
  color: boolean;
}

/** The server's address: the option, NINES_URL, or the local one. */
export function serverUrl(given: string | undefined, env: Terminal['env']): string {
  const text = given ?? (env['NINES_URL'] || DEFAULT_URL);
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new CliError(`'${text}' is not an address.`, { hint: `write it as ${DEFAULT_URL}` });
  return text.replace(/\/+$/, '');
}

export const tokenFile = ({ env, home }: Terminal): string =>
  path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'nines', 'token');

/**
 * The token for a server: the option, NINES_TOKEN, NINES_ADMIN_TOKEN, what `nines login` saved for this very server, or the
 * one that a server on this machine keeps in its data folder for whoever may read it.
 */
export function findToken(given: string | undefined, url: string, terminal: Terminal): string | undefined {
  const { env } = terminal;
  const token =
    given ||
    env['NINES_TOKEN'] ||
    env['NINES_ADMIN_TOKEN'] ||
    savedTokens(terminal).get(url) ||
    savedTokens(terminal).get('') ||
    localToken(url, env);
  // A newline or a space that came along when it was copied would make the header invalid.
  return token?.trim() || undefined;
}

/** Where a server started here, or the demo, keeps its data. */
const DATA_FOLDERS = ['./nines-data', './demo-data/nines'];

/**
 * `local-token` in the data folder: `<address> <token>`, made anew at every start, so the newest counts. Only for a server on
 * this machine.
 */
function localToken(url: string, env: Terminal['env']): string | undefined {
  const { hostname, port } = new URL(url);
  if (!['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return undefined;
  const found = (env['NINES_DATA'] ? [env['NINES_DATA']] : DATA_FOLDERS).flatMap((folder) => {
    try {
      const file = path.join(folder, 'local-token');
      const [address = '', token = ''] = fs.readFileSync(file, 'utf8').trim().split(' ');
      // Another server on this machine has another port: it must not be shown this one's token.
      return new URL(address).port === port && token !== '' ? [{ token, made: fs.statSync(file).mtimeMs }] : [];
    } catch {
      return [];
    }
  });
  return found.sort((one, other) => other.made - one.made)[0]?.token;
}

/** The file has a line for each server, `<address> <token>`; a token alone serves for any. */
export function savedTokens(terminal: Terminal): Map<string, string> {
  let text = '';
  try {
    text = fs.readFileSync(tokenFile(terminal), 'utf8');
  } catch {
    return new Map();
  }
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/)).filter(([first]) => first !== '');
  return new Map(lines.map(([first = '', second]): [string, string] => (second === undefined ? ['', first] : [first, second])));
} // prettier-ignore

/** Readable by its owner only. */
export function saveToken(url: string, token: string, terminal: Terminal): string {
  const file = tokenFile(terminal);
  const tokens = savedTokens(terminal).set(url, token);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(`${file}.new`, [...tokens].map(([server, secret]) => `${server} ${secret}\n`.trimStart()).join(''), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return file;
}
