import { createHmac, randomBytes } from 'node:crypto';

/** Tells two secrets of this process apart, and says nothing of them. */
const KEY = randomBytes(32);

/** A value of a file that may be sent, and never shown: as JSON and as text it is a mark. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  /** Another value has another mark: a change is seen in a diff. */
  toJSON(): string {
    return `<secret ${createHmac('sha256', KEY).update(this.#value).digest('hex').slice(0, 8)}>`;
  }

  toString(): string {
    return '<secret>';
  }
}

/** Of a part of a file that nothing is done with: what may stand there is nobody's to say, so that none of it is shown. */
export const hide = (value: unknown): Secret => new Secret(JSON.stringify(value) ?? '');

/** Keys under which files of the Prometheus family have secrets; those that end with `_file` name a file. */
const SECRET_KEY =
  /(?:password|passwd|secret|token|credentials?|api_?key|service_key|private_key|access_key|session_key|webhook_url|^key)(?:_id)?$/i;
const DEEPEST = 50;

/** The same with its secrets marked: values of keys that are called as secrets are, and addresses with a password in them. */
export function hideSecrets(value: unknown, key = '', depth = 0): unknown {
  if (depth > DEEPEST) return hide(value);
  if (Array.isArray(value)) return value.map((one) => hideSecrets(one, key, depth + 1));
  if (typeof value === 'object' && value !== null && !(value instanceof Secret))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hideSecrets(one, name, depth + 1)]));
  const isSecret = SECRET_KEY.test(key) || (typeof value === 'string' && /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]{0,1000}@/i.test(value));
  return isSecret && (typeof value === 'string' || typeof value === 'number') ? new Secret(String(value)) : value;
}
