import fs from 'node:fs';
import path from 'node:path';
import { newSecret } from '../platform/id.ts';
import type { Settings } from './settings.ts';

/** What webhooks are signed with: the setting, or a secret made once and kept in the data folder, readable by its owner. */
export function webhookSecret({ webhookSecret, data }: Pick<Settings, 'webhookSecret' | 'data'>): string {
  if (webhookSecret !== undefined) return webhookSecret;
  const file = path.join(data, 'webhook-secret');
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    const secret = newSecret();
    fs.writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  }
}
