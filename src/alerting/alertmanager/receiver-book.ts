/** Where the integrations of receivers send to: secrets of the configuration, looked up as a message leaves. */
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ResourceSet } from '../../catalog/index.ts';
import type { AddressBook } from '../../delivery/index.ts';
import type { Secret } from '../../monitoring/index.ts';
import { alertmanagerConfig } from './alertmanager-kind.ts';
import type { AlertmanagerSpec, HttpConfig, IntegrationKey, IntegrationOf } from './config-spec.ts';

const PREFIX = 'receiver:';
const LARGEST_FILE = 16_384;

/** `receiver:db/webhook_configs/0`. */
export const bookedName = (receiver: string, key: string): string => `${PREFIX}${receiver}/${key}`;

type Given = Secret | null | undefined;
type File = string | null | undefined;

/** @param root the folder of documents: names of files are relative to the alertmanager.yml in it */
export function receiverBook(current: () => ResourceSet, root: string): AddressBook {
  return async (name) => {
    const [, receiver, kind, index] = /^receiver:(.*)\/([a-z0-9_]+_configs)\/(\d{1,3})$/s.exec(name) ?? [];
    if (receiver === undefined || kind === undefined) return undefined;
    const config = alertmanagerConfig(current());
    const spec = config?.spec.receivers?.find((one) => one.name === receiver)?.[kind as IntegrationKey]?.[Number(index)];
    if (config === undefined || spec === undefined) return { problem: `alertmanager.yml has no ${name.slice(PREFIX.length)} any more` };
    const folder = resolve(root, dirname(config.file ?? '.'));
    try {
      return await lookUp({ kind: kind as IntegrationKey, spec, name }, config.spec, (given, file) => reveal(given, file, folder));
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  };
}

type Reveal = (given: Given, file: File) => Promise<string>;

/** Without a key of its own, the channel has one in its settings. */
const credential = async (given: Given, file: File, of: Reveal): Promise<{ credential?: string }> =>
  given || file ? { credential: await of(given, file) } : {};

interface Wanted {
  readonly kind: IntegrationKey;
  readonly spec: object;
  readonly name: string;
}

async function lookUp({ kind, spec, name }: Wanted, { global }: AlertmanagerSpec, of: Reveal): ReturnType<AddressBook> {
  switch (kind) {
    case 'webhook_configs': {
      const { url, url_file: file, http_config: own } = spec as IntegrationOf<'webhook_configs'>;
      return { address: await of(url, file), headers: await headersOf(own ?? global?.http_config, of), bare: true };
    }
    case 'slack_configs': {
      const { api_url: url, api_url_file: file } = spec as IntegrationOf<'slack_configs'>;
      return { address: url || file ? await of(url, file) : await of(global?.slack_api_url, global?.slack_api_url_file) };
    }
    case 'pagerduty_configs': {
      const { routing_key: key, routing_key_file: file } = spec as IntegrationOf<'pagerduty_configs'>;
      return { address: await of(key, file) };
    }
    case 'telegram_configs': {
      const { chat_id: chat, bot_token: token, bot_token_file: file } = spec as IntegrationOf<'telegram_configs'>;
      const [given, from] = token || file ? [token, file] : [global?.telegram_bot_token, global?.telegram_bot_token_file];
      return { address: chat ?? '', ...(await credential(given, from, of)) };
    }
    case 'opsgenie_configs': {
      const { api_key: key, api_key_file: file } = spec as IntegrationOf<'opsgenie_configs'>;
      const [given, from] = key || file ? [key, file] : [global?.opsgenie_api_key, global?.opsgenie_api_key_file];
      return { address: name, ...(await credential(given, from, of)) };
    }
    case 'pushover_configs': {
      const { user_key: user, user_key_file: userFile, token, token_file: file, device } = spec as IntegrationOf<'pushover_configs'>;
      return { address: `${await of(user, userFile)}${device ? `:${device}` : ''}`, ...(await credential(token, file, of)) };
    }
    case 'victorops_configs': {
      const { api_key: key, api_key_file: file, routing_key: address } = spec as IntegrationOf<'victorops_configs'>;
      const [given, from] = key || file ? [key, file] : [global?.victorops_api_key, global?.victorops_api_key_file];
      return { address, ...(await credential(given, from, of)) };
    }
    case 'webex_configs': {
      const { room_id: address, http_config: own } = spec as IntegrationOf<'webex_configs'>;
      const token = (await headersOf(own ?? global?.http_config, of))['authorization']?.replace(/^Bearer /, '');
      return { address, ...(token !== undefined && { credential: token }) };
    }
    default: {
      const { webhook_url: url, webhook_url_file: file } = spec as IntegrationOf<'discord_configs'>;
      return { address: await of(url, file) };
    }
  }
}

async function headersOf(client: HttpConfig | null | undefined, of: Reveal): Promise<Record<string, string>> {
  if (client?.basic_auth) {
    const { username, password, password_file: file } = client.basic_auth;
    const pair = `${username ?? ''}:${password || file ? await of(password, file) : ''}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  }
  const { authorization, bearer_token: token, bearer_token_file: file } = client ?? {};
  if (authorization) return { authorization: `${authorization.type ?? 'Bearer'} ${await of(authorization.credentials, authorization.credentials_file)}` }; // prettier-ignore
  return token || file ? { authorization: `Bearer ${await of(token, file)}` } : {};
}

/** @throws Error in words where there is neither, or the file can't be read */
async function reveal(given: Given, file: File, folder: string): Promise<string> {
  if (given) return given.reveal();
  if (!file) throw new Error('the receiver in alertmanager.yml says neither an address nor a file that holds one');
  const handle = await open(resolve(folder, file), 'r').catch(() => {
    throw new Error(`the file ${file} of alertmanager.yml can't be read`);
  });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LARGEST_FILE), 0, LARGEST_FILE, 0);
    const text = buffer.toString('utf8', 0, bytesRead).trim();
    if (text === '') throw new Error(`the file ${file} of alertmanager.yml is empty`);
    return text;
  } finally {
    await handle.close();
  }
}
