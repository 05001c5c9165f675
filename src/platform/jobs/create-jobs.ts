/**
 * The queue of durable work. Longer than most: what is taken up, renewed, ended and put off share the leases and one look at the clock, and
 * must be seen together.
 */
import { type RawBuilder, sql as template } from 'kysely';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import { newId } from '../id.ts';
import { json, type Migration, type Sql, type Tx } from '../sql/index.ts';
import type { Job, JobHandler, Jobs, NewJob } from './jobs.ts';
import { ordinaryMost, ordinaryTurns, URGENT } from './share.ts';

interface Tables {
  jobs: {
    kind: string;
    key: string;
    payload: unknown;
    run_at: number;
    priority: number;
    attempt: number;
    /** Grows when the job is enqueued again: a run that began before does not end it. */
    version: number;
    /** The run that has it, and until when; free for all after that. */
    owner: string | null;
    leased_until: number | null;
    last_error: string | null;
    lane: string;
  };
}

type Row = Tables['jobs'];

export const jobsMigrations: Migration[] = [
  {
    id: 'jobs-1',
    up: `
      create table jobs (kind text not null, key text not null, payload jsonb not null, run_at bigint not null, priority int not null,
        attempt int not null default 0, version int not null default 1, owner text, leased_until bigint, last_error text,
        primary key (kind, key));
      create index jobs_by_due on jobs (run_at);`,
  },
  {
    id: 'jobs-lanes',
    up: `
      alter table jobs add column lane text not null default '';
      create index jobs_to_claim on jobs (kind, priority, run_at);`,
  },
];

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_TIMEOUT = 30_000;
/** So long a job is its process's without renewal: when that dies, another takes the job up this much later. */
const LEASE_MS = 9_000;
/** How often to look even when nothing said so: another process may have enqueued, or died. */
const POLL_MS = { alone: 5_000, beside: 2_000 };
/** Longer than a transaction lasts. */
const SOON_MS = 60_000;
/** The wall clock jumped: nothing is taken up until `shift` has moved what waits, or is overdue itself. */
const JUMP_MS = 5_000;
const SHIFT_WITHIN_MS = 3_000;

export const defaultRetry = (attempt: number): number => Math.min(300_000, 1_000 * 2 ** (attempt - 1));

interface JobsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  /** How long another process waits for one that is silent before it takes its jobs, in milliseconds. */
  readonly leaseMs?: number;
}

export function createJobs({ sql, clock, log, leaseMs = LEASE_MS }: JobsDeps): Jobs {
  const renewMs = leaseMs / 3;
  const owner = newId(clock.now());
  const handlers = new Map<string, JobHandler>();
  /** How many run, by kind, and by kind and `ordinary` for those that are not urgent. */
  const running = new Map<string, number>();
  const lanes = new Map<string, Map<string, number>>();
  /** How many places each kind has given away, where two classes share them. */
  const turns = new Map<string, number>();
  const inFlight = new Set<Promise<void>>();
  /** The kinds of which more may be due than had a place when it was last looked. */
  const waiting = new Set<string>();
  let timer: Timer | undefined;
  let started = false;
  /** It may have been stopped while something was waited for. */
  const isStarted = (): boolean => started;
  let scanning = false;
  let scanAgain = false;
  let idleWaiters: (() => void)[] = [];

  /** What is due must be known at once, whatever else is written. */
  const db = () => sql.urgent.db<Tables>();
  const lanesOf = (kind: string): Map<string, number> => {
    const known = lanes.get(kind) ?? new Map<string, number>();
    lanes.set(kind, known);
    return known;
  };
  /** One run more (1) or less (-1); what is at zero is forgotten. */
  const count = ({ kind, lane, priority }: Row, by: 1 | -1): void => {
    add(running, kind, by);
    if (priority > URGENT) add(running, `${kind} ordinary`, by);
    add(lanesOf(kind), lane, by);
  };

  /** Leases are counted by the database's clock where there may be other processes: theirs need not agree with ours. */
  const leaseNow = (now: number): RawBuilder<number> =>
    sql.exclusive ? template<number>`${now}::bigint` : template<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
  /** What this process runs; and when it last made sure that it may. */
  const aborts = new Set<AbortController>();
  let renewedAt = 0;
  let renewing: Timer | undefined;

  /** While something runs beside other processes, its lease is renewed; where that fails for too long, what runs is broken off: another has it by then. */
  const renew = async (): Promise<void> => {
    renewing = undefined;
    if (aborts.size === 0) return;
    const asked = clock.monotonic();
    keepRenewing();
    if (asked - renewedAt > leaseMs - renewMs)
      for (const abort of aborts) abort.abort(new Error('the database was not reached for too long: another process may have the job'));
    try {
      await template`update jobs set leased_until = ${leaseNow(0)} + ${leaseMs} where owner = ${owner}`.execute(db());
      renewedAt = asked;
    } catch (error) {
      log.warn({ err: error }, 'the leases of running jobs could not be renewed');
    }
  };
  const keepRenewing = (): void => {
    if (!sql.exclusive) renewing ??= clock.after(renewMs, () => void renew());
  };

  const skew = (): number => clock.now() - clock.monotonic();
  /** The clocks' distance by which the stored times were made. */
  let stored = skew();
  let jumpSeen: number | undefined;
  /** Set by a clock that had jumped already, before `shift` heard of it: these are right as they are. */
  const rightAlready = new Map<string, { kind: string; key: string }>();
  const hasJumped = (): boolean => Math.abs(skew() - stored) >= JUMP_MS;
  const setTime = ({ kind, key }: { kind: string; key: string }): void => {
    if (hasJumped()) rightAlready.set(`${kind} ${key}`, { kind, key });
  };
  const settleClock = (): void => {
    stored = skew();
    jumpSeen = undefined;
    rightAlready.clear();
  };
  const awaitsShift = (): boolean => {
    if (hasJumped() && clock.monotonic() - (jumpSeen ??= clock.monotonic()) < SHIFT_WITHIN_MS) return true;
    settleClock();
    return false;
  };

  /** Whether it is done with. */
  const runOne = async (row: Row): Promise<boolean> => {
    const handler = handlers.get(row.kind);
    if (!handler) return false;
    const job: Job = {
      kind: row.kind,
      key: row.key,
      payload: row.payload,
      attempt: row.attempt,
      runAt: row.run_at,
      priority: row.priority,
    };
    const timeout = handler.timeoutMs ?? DEFAULT_TIMEOUT;
    const abort = new AbortController();
    if (aborts.size === 0) renewedAt = clock.monotonic();
    aborts.add(abort);
    keepRenewing();
    const deadline = clock.after(timeout, () => abort.abort(new Error(`job ${row.kind} took longer than ${timeout / 1000} s`)));
    try {
      const cut = new Promise<never>((_, reject) => abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error)));
      const outcome = await Promise.race([handler.run(job, abort.signal), cut]);
      return await finish(row, outcome ? { run_at: outcome.again, attempt: 0, last_error: null } : undefined);
    } catch (error) {
      const wait = (handler.retryAfter ?? defaultRetry)(row.attempt, error);
      log.warn(
        { err: error, kind: row.kind, key: row.key, attempt: row.attempt },
        wait === null ? 'job given up' : 'job failed, will retry',
      );
      if (wait === null) await handler.onGiveUp?.(job, error);
      return await finish(row, wait === null ? undefined : { run_at: clock.now() + wait, last_error: String(error).slice(0, 1000) });
    } finally {
      aborts.delete(abort);
      deadline.cancel();
    }
  };

  /** Ends the job, or sets it for later; leaves one alone that was enqueued again while it ran, but for its lease. Whether it is gone. */
  const finish = async (row: Row, later?: Partial<Row>): Promise<boolean> => {
    if (later) setTime(row);
    const mine = db().updateTable('jobs').where('kind', '=', row.kind).where('key', '=', row.key).where('owner', '=', owner);
    const unchanged = later
      ? mine
          .set({ ...later, owner: null, leased_until: null })
          .where('version', '=', row.version)
          .returning('key')
      : db()
          .deleteFrom('jobs')
          .where('kind', '=', row.kind)
          .where('key', '=', row.key)
          .where('owner', '=', owner)
          .where('version', '=', row.version)
          .returning('key');
    const changed = await unchanged.execute();
    if (changed.length > 0) return !later;
    await mine.set({ owner: null, leased_until: null, attempt: 0 }).where('version', '>', row.version).execute();
    return false;
  };

  /** Takes up to `most` due jobs of a kind and class, no more of a lane than the handler bears, and begins them. Returns how many. */
  const take = async (kind: string, handler: JobHandler, which: { of: 'urgent' | 'ordinary' | 'any'; most: number; now: number }) => {
    const { of, most, now } = which;
    const perLane = handler.perLane ?? Infinity;
    const forMs = sql.exclusive ? (handler.timeoutMs ?? DEFAULT_TIMEOUT) + 5_000 : leaseMs;
    const ofClass = { any: template`true`, urgent: template`priority <= ${URGENT}`, ordinary: template`priority > ${URGENT}` }[of];
    let taken = 0;
    while (isStarted() && taken < most) {
      const full = [...lanesOf(kind)].filter(([, count]) => count >= perLane).map(([lane]) => lane);
      const { rows } = await template<Row>`
        update jobs set owner = ${owner}, leased_until = ${leaseNow(now)} + ${forMs}, attempt = attempt + 1
        where (kind, key) in (select kind, key from jobs where kind = ${kind} and run_at <= ${now} and ${ofClass}
          and (owner is null or leased_until < ${leaseNow(now)})
          and ${full.length === 0 ? template`true` : template`lane not in (${template.join(full)})`}
          order by priority, run_at limit ${Math.min(most - taken, perLane)} for update skip locked)
        returning *`.execute(db());
      for (const row of rows.sort((a, b) => a.priority - b.priority || a.run_at - b.run_at)) launch(row);
      taken += rows.length;
      if (rows.length === 0 || perLane === Infinity) break;
    }
    return taken;
  };

  /** Fills the free places of a kind, of whose due jobs the most and the least urgent have these priorities. Whether it took all that it saw. */
  const claim = async (
    { kind, first, last }: { kind: string; first: number; last: number },
    handler: JobHandler,
    now: number,
  ): Promise<boolean> => {
    const { concurrency = DEFAULT_CONCURRENCY, share } = handler;
    const free = (): number => concurrency - (running.get(kind) ?? 0);
    if (!share) {
      const most = free();
      return most > 0 && (await take(kind, handler, { of: 'any', most, now })) < most && handler.perLane === undefined;
    }
    const turn = turns.get(kind) ?? 0;
    const bearable = last > URGENT ? Math.max(0, ordinaryMost(concurrency) - (running.get(`${kind} ordinary`) ?? 0)) : 0;
    const kept = Math.min(ordinaryTurns(turn, Math.max(0, free()), share), bearable);
    const urgent = first <= URGENT ? await take(kind, handler, { of: 'urgent', most: free() - kept, now }) : 0;
    const ordinary = await take(kind, handler, { of: 'ordinary', most: Math.min(free(), bearable), now });
    const more = first <= URGENT && ordinary < kept ? await take(kind, handler, { of: 'urgent', most: free(), now }) : 0;
    turns.set(kind, (turn + urgent + ordinary + more) % (share.urgent + share.ordinary));
    return free() > 0 && (last <= URGENT || ordinary < bearable) && handler.perLane === undefined;
  };

  const scan = async (): Promise<void> => {
    if (!started) return;
    if (awaitsShift()) {
      timer?.cancel();
      timer = clock.after(100, wake);
      return settleIdle();
    }
    if (scanning) {
      scanAgain = true;
      return;
    }
    scanning = true;
    try {
      let now: number;
      do {
        scanAgain = false;
        now = clock.now();
        const due = await db()
          .selectFrom('jobs')
          .select(['kind', (select) => select.fn.min('priority').as('first'), (select) => select.fn.max('priority').as('last')])
          .where('run_at', '<=', now)
          .groupBy('kind')
          .orderBy('first')
          .execute();
        waiting.clear();
        for (const one of due) {
          const handler = handlers.get(one.kind);
          if (!handler) continue;
          waiting.add(one.kind);
          if (await claim(one, handler, now)) waiting.delete(one.kind);
        }
      } while (scanAgain && isStarted());
      await arm(now);
    } catch (error) {
      log.error({ err: error }, 'the job queue cannot be read');
      timer?.cancel();
      timer = clock.after(1_000, wake);
    } finally {
      scanning = false;
      // A wake that came between the loop's last look and here.
      if (scanAgain) wake();
      settleIdle();
    }
  };

  const launch = (row: Row): void => {
    count(row, 1);
    const run = runOne(row)
      .catch((error: unknown) => {
        log.error({ err: error, kind: row.kind, key: row.key }, 'a finished job could not be recorded; it will run again');
        return false;
      })
      .then((gone) => {
        count(row, -1);
        inFlight.delete(run);
        // Where nothing waited for its place, there is nothing to look for.
        if (!gone || waiting.has(row.kind)) wake();
        else settleIdle();
      });
    inFlight.add(run);
  };

  /** As of the look before: what fell due since then is due now, and not at the next poll. */
  const arm = async (looked: number): Promise<void> => {
    const next = await db()
      .selectFrom('jobs')
      .select((select) => select.fn.min('run_at').as('at'))
      .where('owner', 'is', null)
      .where('run_at', '>', looked)
      .executeTakeFirst();
    timer?.cancel();
    timer = clock.after(Math.min(sql.exclusive ? POLL_MS.alone : POLL_MS.beside, Math.max(1, (next?.at ?? Infinity) - clock.now())), wake);
  };

  const wake = (): void => void scan();

  const settleIdle = (): void => {
    if (inFlight.size > 0 || scanning) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
  };

  const enqueueAll = async (tx: Tx, given: readonly NewJob[]): Promise<void> => {
    if (given.length === 0) return;
    const now = clock.now();
    // The last of several with one key counts: a statement can't touch a row twice.
    const distinct = new Map(given.map((job) => [`${job.kind} ${job.key}`, job]));
    const rows = [...distinct.values()].map(({ kind, key, payload = {}, runAt = now, priority = 5, lane = '', earliest = false }) => {
      setTime({ kind, key });
      return { kind, key, payload, run_at: runAt, priority, lane, earliest };
    });
    const [keeping, replacing] = [rows.filter(({ earliest }) => earliest), rows.filter(({ earliest }) => !earliest)];
    for (const [some, runAt] of [
      [await notEarlier(tx, keeping, now), template`least(jobs.run_at, excluded.run_at)`],
      [replacing, template`excluded.run_at`],
    ] as const) {
      if (some.length > 0) await insertJobs(tx, some, runAt);
    }
    tx.afterCommit(wake);
  };

  /**
   * Without those that wait for an earlier time already: all who have one job done sooner or later would else wait for each
   * other. One that is due within a minute may begin before the transaction ends, and not see what it does.
   */
  const notEarlier = async <T extends { kind: string; key: string; run_at: number }>(
    tx: Tx,
    rows: readonly T[],
    now: number,
  ): Promise<T[]> => {
    const soon = now + SOON_MS;
    const far = rows.filter(({ run_at, payload }: T & { payload?: unknown }) => run_at > soon && isEmpty(payload));
    if (far.length === 0) return [...rows];
    const { rows: waiting } = await template<{ kind: string; key: string }>`
      select kind, key from jobs join jsonb_to_recordset(${json(far)}) as given (kind text, key text, run_at bigint) using (kind, key)
      where jobs.run_at <= given.run_at and jobs.run_at > ${soon} and owner is null and attempt = 0 and payload = '{}'`.execute(tx.db());
    const known = new Set(waiting.map(({ kind, key }) => `${kind} ${key}`));
    return rows.filter(({ kind, key }) => !known.has(`${kind} ${key}`));
  };

  const insertJobs = async (tx: Tx, rows: readonly object[], runAt: RawBuilder<unknown>): Promise<void> => {
    // As one parameter: ten thousand jobs would be more parameters than a statement may have.
    await template`
      insert into jobs (kind, key, payload, run_at, priority, lane, attempt, version)
      select kind, key, payload, run_at, priority, lane, 0, 1
      from jsonb_to_recordset(${json(rows)}) as given (kind text, key text, payload jsonb, run_at bigint, priority int, lane text)
      on conflict (kind, key) do update set payload = excluded.payload, run_at = ${runAt}, priority = excluded.priority,
        lane = excluded.lane, version = jobs.version + 1, attempt = 0`.execute(tx.db());
  };

  return {
    handle: (kind, handler) => void handlers.set(kind, handler),
    enqueue: (tx, job) => enqueueAll(tx, [job]),
    enqueueAll,
    async cancel(tx, kind, key) {
      await tx.db<Tables>().deleteFrom('jobs').where('kind', '=', kind).where('key', '=', key).execute();
    },
    async cancelIdle(tx, kind, keys) {
      const ofKeys = template`kind = ${kind} and key in (select jsonb_array_elements_text(${json(keys)}))`;
      const idle = template`(owner is null or leased_until < ${leaseNow(clock.now())})`;
      await template`delete from jobs where ${ofKeys} and ${idle}`.execute(tx.db());
      const { rows } = await template<{ key: string }>`select key from jobs where ${ofKeys}`.execute(tx.db());
      return new Set(rows.map(({ key }) => key));
    },
    async hurry(tx, kind, lane) {
      const waiting = tx.db<Tables>().updateTable('jobs').set({ run_at: clock.now() }).where('kind', '=', kind).where('lane', '=', lane);
      await waiting.where('owner', 'is', null).where('run_at', '>', clock.now()).execute();
      tx.afterCommit(wake);
    },
    async start() {
      started = true;
      // Only this process can have leased anything: what is leased now was leased by one that died.
      if (sql.exclusive) await db().updateTable('jobs').set({ owner: null, leased_until: null }).execute();
      await scan();
    },
    async stop() {
      started = false;
      timer?.cancel();
      renewing?.cancel();
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref());
      await Promise.race([Promise.allSettled(inFlight), patience]);
    },
    async idle() {
      for (;;) {
        await scan();
        if (inFlight.size === 0 && !scanning) return;
        await new Promise<void>((resolve) => idleWaiters.push(resolve));
      }
    },
    async stats() {
      const now = clock.now();
      const rows = await db()
        .selectFrom('jobs')
        .select(['kind', (select) => select.fn.countAll<number>().as('waiting')])
        .select(template<number>`count(*) filter (where run_at <= ${now})`.as('overdue'))
        .select(template<number>`coalesce(${now} - min(run_at) filter (where run_at <= ${now}), 0)`.as('oldestOverdueMs'))
        .groupBy('kind')
        .execute();
      return rows;
    },
    async shift(byMs) {
      // One of several machines has another opinion now: the times in the database are not its own.
      if (!sql.exclusive) return settleClock();
      await sql.transaction(async (tx) => {
        // As of now: whoever had the database before us may have set more times by the new clock.
        const right = [...rightAlready.values()];
        const except = right.map(({ kind, key }) => template<boolean>`(kind = ${kind} and key = ${key})`);
        const others = except.length === 0 ? template<boolean>`true` : template<boolean>`not (${template.join(except, template` or `)})`;
        await template`update jobs set run_at = run_at + ${byMs}, leased_until = leased_until + ${byMs} where ${others}`.execute(tx.db());
        settleClock();
      });
      wake();
    },
  };
}

const isEmpty = (payload: unknown): boolean => typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0;

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
