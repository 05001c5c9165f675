import { sql as template } from 'kysely';
import type { Clock, Timer } from '../clock.ts';
import { newId } from '../id.ts';
import type { Log } from '../log.ts';
import type { Sql, Tx } from '../sql/index.ts';
import { type Lease, LeaseLost } from './lease.ts';

export interface LeaseDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  /** What it is for, as people read it: `alerting`. */
  readonly name: string;
  /** How long it lasts when it isn't renewed, in milliseconds: so long nobody does the work after a process died. */
  readonly ttlMs?: number;
}

const TTL_MS = 6_000;
/** Who has it believes so for a little less long than the others do: what is told at its end takes a moment. */
const OWN_SHARE = 0.8;

/**
 * A row that names who has it and until when, by the database's clock: the processes' own need not agree. Renewed every third
 * of its time. Who can't renew it stops in time by its own monotonic clock, counted from before the question was asked.
 */
export function createLease({ sql, clock, log, name, ttlMs = TTL_MS }: LeaseDeps): Lease {
  if (sql.exclusive) return alone();
  const owner = newId(clock.now());
  let heldUntil = Number.NEGATIVE_INFINITY;
  /** After a failure another process is given the time to take over. */
  let restsUntil = Number.NEGATIVE_INFINITY;
  /** What was told last. */
  let telling = false;
  let timer: Timer | undefined;
  let expiry: Timer | undefined;
  let turn: Promise<void> = Promise.resolve();
  let told: Parameters<Lease['start']>[0] = { gained: () => Promise.resolve(), lost: () => Promise.resolve() };
  const held = (): boolean => clock.monotonic() < heldUntil;

  const ask = async (): Promise<void> => {
    const asked = clock.monotonic();
    if (asked < restsUntil) return;
    const until = template`clock_timestamp() + ${ttlMs / 1000}::float8 * interval '1 second'`;
    const { rows } = await template`
      insert into leases (name, owner, until) values (${name}, ${owner}, ${until})
      on conflict (name) do update set owner = excluded.owner, until = excluded.until
      where leases.owner = ${owner} or leases.until < clock_timestamp() returning owner`.execute(sql.db());
    heldUntil = rows.length > 0 ? asked + ttlMs * OWN_SHARE : Number.NEGATIVE_INFINITY;
    expiry?.cancel();
    expiry = clock.after(heldUntil - clock.monotonic(), settle);
  };

  const giveUp = async (): Promise<void> => {
    heldUntil = Number.NEGATIVE_INFINITY;
    await template`delete from leases where name = ${name} and owner = ${owner}`.execute(sql.db());
  };

  const tell = async (): Promise<void> => {
    if (held() === telling) return;
    telling = !telling;
    if (!telling) return told.lost();
    try {
      await told.gained();
    } catch (error) {
      log.error({ err: error, lease: name }, 'could not take over; another nines may');
      telling = false;
      await told.lost();
      restsUntil = clock.monotonic() + 2 * ttlMs;
      await giveUp();
    }
  };

  let asking: Promise<void> | undefined;
  /** The database may not answer for long: what has run out is told on time all the same. */
  const look = (): void => {
    asking ??= ask()
      .catch((error: unknown) => log.warn({ err: error, lease: name }, 'the lease could not be renewed'))
      .finally(() => (asking = undefined))
      .then(settle);
    settle();
    timer = clock.after(ttlMs / 3, look);
  };
  /** Tells what is so by then, one after the other. */
  const settle = (): void => {
    turn = turn.then(tell).catch((error: unknown) => log.error({ err: error, lease: name }, 'the end of a lease could not be told'));
  };

  return {
    get held() {
      return held();
    },
    async guard(tx: Tx) {
      const { rows } = await template`
        select from leases where name = ${name} and owner = ${owner} and until > clock_timestamp() for share`.execute(tx.db());
      if (rows.length === 0) throw new LeaseLost(name);
    },
    async start(given) {
      told = given;
      look();
      await asking;
      await turn;
    },
    async stop() {
      timer?.cancel();
      expiry?.cancel();
      await turn;
      if (!telling) return;
      await told.lost();
      await giveUp().catch(() => undefined);
    },
  };
}

/** The only process on its database. */
function alone(): Lease {
  let told: Parameters<Lease['start']>[0] | undefined;
  return {
    held: true,
    guard: () => Promise.resolve(),
    async start(given) {
      told = given;
      await given.gained();
    },
    stop: () => told?.lost() ?? Promise.resolve(),
  };
}
