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

/** Its topics are protected; one account may publish to one of them, with a token that `onToken` is told of. */
export async function startNtfyServer(onToken: (token: string) => void): Promise<OtherSide> {
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
  };
  fs.writeFileSync(config, JSON.stringify(settings));
  const child = spawn(PROGRAM ?? 'ntfy', ['serve', '--config', config], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitFor('the ntfy server', async () => (await fetch(`${url}/v1/health`).catch(() => undefined))?.ok ?? false);
  const run = (command: string, ...args: string[]): string => {
    const env = { ...process.env, NTFY_PASSWORD: 'secret' };
    const done = spawnSync(PROGRAM ?? 'ntfy', [command, '--config', config, ...args], { encoding: 'utf8', env });
    if (done.status !== 0) throw new Error(`ntfy ${command} ${args.join(' ')}: ${done.stderr}`);
    return done.stdout + done.stderr;
  };
  run('user', 'add', 'nines');
  run('access', 'nines', NTFY_TOPIC, 'rw');
  const [token = ''] = /tk_\w+/.exec(run('token', 'add', 'nines')) ?? [];
  onToken(token);

  return {
    port,
    stranger: 'no/topic',
    refused: [],
    async shown() {
      const answer = await fetch(`${url}/${NTFY_TOPIC}/json?poll=1&since=all`, { headers: { authorization: `Bearer ${token}` } });
      const events = (await answer.text()).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Event); // prettier-ignore
      return events.filter(({ event }) => event === 'message').map(shownOf);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
