import type { Clock } from '../platform/clock.ts';
import type { RouteRequest } from '../platform/http/index.ts';
import { LimitError, Problem } from '../platform/problem.ts';
import { sameSecret, secretOf } from './secret-text.ts';

type Asker = Pick<RouteRequest, 'headers' | 'principal' | 'ip'>;

export interface DoorkeeperDeps {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Lets in who shows the secret of what the address names, or one of nines' own tokens that may send. */
export interface Doorkeeper {
  /** @param token the secret, as `${NAME}` of the environment. @throws Problem 401, LimitError 429 */
  admit(asker: Asker, search: URLSearchParams, token: string | undefined): void;
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
  return {
    admit({ headers, principal, ip }, search, token) {
      const known = failures.get(ip);
      if (known !== undefined && known.count >= MOST_FAILURES && clock.monotonic() - known.since <= WINDOW_MS)
        throw new LimitError(429, 'Too many wrong secrets came from this address.', {
          limit: MOST_FAILURES,
          setting: 'waiting: a minute later it is free again',
          retryAfter: Math.ceil((known.since + WINDOW_MS - clock.monotonic()) / 1000),
        });
      // A person's session is no machine's secret: a link in a mail must not speak for a job.
      if (principal.kind === 'token' && principal.role !== 'viewer') return;
      const right = secretOf(token, environment);
      const shown = shownSecrets(headers, search);
      if (right !== undefined && shown.some((one) => sameSecret(one, right))) return;
      refuse(ip);
      throw new Problem(
        401,
        'bad-token',
        shown.length === 0
          ? 'Send the secret: Authorization: Bearer <token>, or ?token=<token>. An intake token is good: nines token create NAME --scope intake.'
          : 'This secret is not the right one, or the token is revoked or expired. An admin makes one: nines token create NAME --scope intake.',
      );
    },
  };
}

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
