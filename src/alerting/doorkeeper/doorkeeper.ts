import type { Clock } from '../../platform/clock.ts';
import type { RouteRequest } from '../../platform/http/index.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import { sameSecret, secretOf } from './secret-text.ts';

type Asker = Pick<RouteRequest, 'headers' | 'principal' | 'ip'>;

export interface DoorkeeperDeps {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Lets in who shows the secret of what the address names, or one of nines' own tokens that may send; slows down who tries secrets. */
export interface Doorkeeper {
  /** @param token the secret, as `${NAME}` of the environment. @throws Problem 401, LimitError 429 */
  admit(asker: Asker, search: URLSearchParams, token: string | undefined): void;
  /** The same where the caller finds out whose secret it is: undefined is nobody's. @throws Problem 401, LimitError 429 */
  admitAs<T>(asker: Pick<Asker, 'ip'>, find: () => Promise<T | undefined>): Promise<T>;
}

const WINDOW_MS = 60_000;
const MOST_FAILURES = 30;
/** More addresses than this are not kept in mind: a flood of them must not eat the memory. */
const MOST_ADDRESSES = 10_000;

export function createDoorkeeper({ clock, environment }: DoorkeeperDeps): Doorkeeper {
  const failures = new Map<string, { since: number; count: number }>();
  const refuse = (ip: string): void => {
    const known = failures.get(ip);
    const now = clock.monotonic();
    if (failures.size >= MOST_ADDRESSES) failures.clear();
    if (known === undefined || now - known.since > WINDOW_MS) failures.set(ip, { since: now, count: 1 });
    else known.count++;
  };
  const slowDown = (ip: string): void => {
    const known = failures.get(ip);
    if (known === undefined || known.count < MOST_FAILURES || clock.monotonic() - known.since > WINDOW_MS) return;
    throw new LimitError(429, 'Too many wrong secrets came from this address.', {
      limit: MOST_FAILURES,
      setting: 'waiting: a minute later it is free again',
      retryAfter: Math.ceil((known.since + WINDOW_MS - clock.monotonic()) / 1000),
    });
  };
  return {
    admit(asker, search, token) {
      slowDown(asker.ip);
      if (isSender(asker.principal)) return;
      const right = secretOf(token, environment);
      const shown = shownSecrets(asker.headers, search);
      if (right !== undefined && shown.some((one) => sameSecret(one, right))) return;
      refuse(asker.ip);
      throw wrongSecret(shown.length > 0);
    },
    async admitAs(asker, find) {
      slowDown(asker.ip);
      const found = await find();
      if (found !== undefined) return found;
      refuse(asker.ip);
      throw wrongSecret(true);
    },
  };
}

/** A token of nines that may send. A person's session is no machine's secret: a link in a mail must not speak for a job. */
export const isSender = ({ kind, role }: Asker['principal']): boolean => kind === 'token' && role !== null && role !== 'viewer';

const wrongSecret = (shown: boolean): Problem =>
  new Problem(
    401,
    'bad-token',
    shown
      ? 'This secret is not the right one, or it is revoked or expired. An admin makes an intake token: nines token create NAME --scope intake.'
      : 'Send the secret: Authorization: Bearer <token>, or ?token=<token>. An intake token is good: nines token create NAME --scope intake.',
  );

/** Wherever a sender can put a secret: a Bearer's, a Basic password, Opsgenie's GenieKey, a parameter. */
export function shownSecrets(headers: Asker['headers'], search: URLSearchParams): string[] {
  const authorization = headers['authorization'];
  const given = typeof authorization === 'string' ? /^(Bearer|Basic|GenieKey|Token) +(?:token=)?(\S{1,1000})$/i.exec(authorization) : null;
  const shown: string[] = [];
  if (given?.[1]?.toLowerCase() === 'basic')
    shown.push(Buffer.from(given[2]!, 'base64').toString('utf8').replace(/^[^:]*:/, '')); // prettier-ignore
  else if (given) shown.push(given[2]!);
  const parameter = search.get('token');
  if (parameter !== null) shown.push(parameter.slice(0, 1000));
  return shown;
}
