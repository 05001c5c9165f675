/** A real ntfy server, of the program that `NINES_NTFY` names (another program in the PATH has the same name). */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Shown } from '../../../src/delivery/channels/provider-double.ts';
import { freePort } from '../free-port.ts';
import { waitFor } from '../nines-process.ts';
import type { OtherSide } from './terms.ts';

const PROGRAM = process.env['NINES_NTFY'];
export const NTFY_TOPIC = 'ana-pages';

/** Whether there is one, and whether it knows second copies by `sequence_id` (since 2.16). */
export const ntfyServer = ((): { replaces: boolean } | undefined => {
  if (PROGRAM === undefined || !fs.existsSync(PROGRAM)) return undefined;
  const [, minor] = /^ntfy 2\.(\d+)/m.exec(spawnSync(PROGRAM, ['--help'], { encoding: 'utf8' }).stdout) ?? [];
  return { replaces: Number(minor ?? 0) >= 16 };
})();

/** What its readers are sent: https://docs.ntfy.sh/subscribe/api/#json-message-format */
interface Event {
  readonly event: string;
  readonly topic: string;
  readonly title?: string;
  readonly message?: string;
  readonly sequence_id?: string;
  readonly actions?: readonly { action: string; url: string; method?: string; body?: string }[];
}

const shownOf = ({ topic, title = '', message = '', sequence_id: key, actions = [] }: Event): Shown => ({
  to: topic,
  text: `${title}\n${message}`,
  links: [...actions.map(({ url }) => url), ...(message.match(/https?:\/\/\S+/g) ?? [])],
  answers: actions.flatMap(({ action, method = 'POST', url, body = '' }) => (action === 'http' ? [`${method} ${url} ${body}`.trim()] : [])),
  ...(key !== undefined && { key }),
});

interface Ntfy extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** A command for whoever administers it; returns what it said. */
  run(command: string, ...args: string[]): string;
}

/** It keeps nothing, all its topics are protected, and nobody has an account. `more` settings may name files of its folder. */
export async function startNtfy(more: (folder: string) => Record<string, string | boolean> = () => ({})): Promise<Ntfy> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-ntfy-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = path.join(folder, 'server.yml');
  const settings = {
    'base-url': url,
    'listen-http': `127.0.0.1:${port}`,
    'auth-file': path.join(folder, 'auth.db'),
    'auth-default-access': 'deny-all',
    'visitor-request-limit-exempt-hosts': '127.0.0.1',
    'log-level': 'error',
    ...more(folder),
  };
  fs.writeFileSync(config, JSON.stringify(settings));
  const child = spawn(PROGRAM ?? 'ntfy', ['serve', '--config', config], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitFor('the ntfy server', async () => (await fetch(`${url}/v1/health`).catch(() => undefined))?.ok ?? false);
  return {
    port,
    url,
    run(command, ...args) {
      const env = { ...process.env, NTFY_PASSWORD: 'secret' };
      const done = spawnSync(PROGRAM ?? 'ntfy', [command, '--config', config, ...args], { encoding: 'utf8', env });
      if (done.status !== 0) throw new Error(`ntfy ${command} ${args.join(' ')}: ${done.stderr}`);
      return done.stdout + done.stderr;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An account that may read and write these topics; returns its token. */
export function addAccount({ run }: Ntfy, name: string, topics: string): string {
  run('user', 'add', name);
  run('access', name, topics, 'rw');
  const [token = ''] = /tk_\w+/.exec(run('token', 'add', name)) ?? [];
  return token;
}

/** What is kept of a topic, the oldest first. */
export async function readTopic<T extends { readonly event: string }>(url: string, topic: string, token: string): Promise<T[]> {
  const answer = await fetch(`${url}/${topic}/json?poll=1&since=all`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T).filter(({ event }) => event === 'message');
}

/** One account may publish to one topic, with a token that `onToken` is told of. */
export async function startNtfyServer(onToken: (token: string) => void): Promise<OtherSide> {
  const ntfy = await startNtfy();
  const token = addAccount(ntfy, 'nines', NTFY_TOPIC);
  onToken(token);
  return {
    port: ntfy.port,
    stranger: 'no/topic',
    refused: [],
    shown: async () => (await readTopic<Event>(ntfy.url, NTFY_TOPIC, token)).map(shownOf),
    [Symbol.asyncDispose]: () => ntfy[Symbol.asyncDispose](),
  };
}
