/**
 * A real Matrix homeserver: Synapse, of a Debian that has it, in the folder that `NINES_SYNAPSE_ROOT` names:
 * `debootstrap --variant=minbase --include=matrix-synapse sid FOLDER`, with /proc and /dev in it. Entering it takes root's rights.
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Shown } from '../../../src/delivery/channels/provider-double.ts';
import { freePort } from '../free-port.ts';
import { waitFor } from '../nines-process.ts';
import type { OtherSide } from './terms.ts';

const ROOT = process.env['NINES_SYNAPSE_ROOT'];
export const hasSynapse = ROOT !== undefined && fs.existsSync(path.join(ROOT, 'usr/lib/python3/dist-packages/synapse'));
export const MATRIX_ROOM = '#ops:localhost';
const SECRET = 'a-secret-for-tests';
const EASY = { per_second: 1_000, burst_count: 1_000 };

interface Room {
  readonly chunk: readonly {
    readonly type: string;
    readonly content: { readonly body?: string };
    readonly unsigned?: { readonly transaction_id?: string };
  }[];
}

/** Anyone may enter its one room; the account that sends has not, and `onToken` is told of its token. */
export async function startMatrixServer(onToken: (token: string) => void): Promise<OtherSide> {
  const folder = fs.mkdtempSync(path.join(ROOT ?? '', 'tmp/nines-matrix-'));
  const inside = path.join('/tmp', path.basename(folder));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  fs.writeFileSync(path.join(folder, 'homeserver.yaml'), JSON.stringify(settings(inside, port)));
  const command = ['python3', '-m', 'synapse.app.homeserver', '--config-path', `${inside}/homeserver.yaml`];
  const run = (...more: string[]) => spawn('chroot', [ROOT ?? '', ...command, ...more], { stdio: 'ignore' });
  await new Promise((resolve) => run('--generate-keys').once('exit', resolve));
  const child = run();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitFor('Synapse', async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok ?? false, 60);
  const ask = async <T>(method: string, at: string, token?: string, body?: object): Promise<T> => {
    const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${url}${at}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const register = async (user: string): Promise<string> => {
    const { nonce } = await ask<{ nonce: string }>('GET', '/_synapse/admin/v1/register');
    const mac = createHmac('sha1', SECRET).update([nonce, user, SECRET, 'notadmin'].join('\0')).digest('hex');
    const account = { nonce, username: user, password: SECRET, admin: false, mac };
    return (await ask<{ access_token: string }>('POST', '/_synapse/admin/v1/register', undefined, account)).access_token;
  };
  const [ana, nines] = [await register('ana'), await register('nines')];
  const client = '/_matrix/client/v3';
  const opened = { preset: 'public_chat', room_alias_name: 'ops' };
  const { room_id: room } = await ask<{ room_id: string }>('POST', `${client}/createRoom`, ana, opened);
  onToken(nines);

  return {
    port,
    stranger: '!secret:localhost',
    refused: [],
    // As its sender sees it, who is told what it called each of its messages.
    async shown(count) {
      if (count === 0) return [];
      const { chunk } = await ask<Room>('GET', `${client}/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=500`, nines);
      return chunk
        .filter(({ type }) => type === 'm.room.message')
        .map(({ content: { body = '' }, unsigned }): Shown => {
          const key = unsigned?.transaction_id;
          return { to: room, text: body, links: body.match(/https?:\/\/\S+/g) ?? [], ...(key !== undefined && { key }) };
        })
        .toReversed();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

const settings = (folder: string, port: number): object => ({
  server_name: 'localhost',
  listeners: [{ port, type: 'http', tls: false, bind_addresses: ['127.0.0.1'], resources: [{ names: ['client'] }] }],
  database: { name: 'sqlite3', args: { database: `${folder}/homeserver.db` } },
  media_store_path: `${folder}/media`,
  signing_key_path: `${folder}/signing.key`,
  registration_shared_secret: SECRET,
  macaroon_secret_key: SECRET,
  form_secret: SECRET,
  report_stats: false,
  trusted_key_servers: [],
  rc_message: EASY,
  rc_joins: { local: EASY, remote: EASY },
});
