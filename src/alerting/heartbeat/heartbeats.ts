import type { Catalog, Resource, ServiceSpec } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log.ts';
import { notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { ExternalAlerts } from '../external/index.ts';
import { judge, newHeartbeat, signalled, type Signal, type Silence, type Verdict } from './heartbeat.ts';
import { heartbeatKind, type HeartbeatSpec } from './heartbeat-kind.ts';
import * as store from './heartbeat-store.ts';
import { reportHeartbeat, troubleOf } from './report-heartbeat.ts';

export interface HeartbeatsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly catalog: Catalog;
  readonly external: Pick<ExternalAlerts, 'report'>;
  /** The address people open nines at. */
  readonly url: string;
  /** How often is noted that signals can be heard; three times as long without it is a silence. */
  readonly listenEveryMs?: number;
}

export interface HeartbeatNow {
  readonly resource: Resource<HeartbeatSpec>;
  readonly stored: store.StoredHeartbeat;
  readonly verdict: Verdict;
}

/** Jobs that must say that they ran. All state is in PostgreSQL; a durable job looks at each heartbeat at its deadline. */
export interface Heartbeats {
  readonly document: (name: string) => Resource<HeartbeatSpec> | undefined;
  /** What a job says. Kept, and on its way to people where it is bad, once this resolves. @throws Problem 404 */
  signal(name: string, signal: Signal): Promise<void>;
  list(): Promise<HeartbeatNow[]>;
  find(name: string): Promise<HeartbeatNow>;
  /** Begins to look. Before jobs start: what was due while nobody could hear must not be late. */
  start(): Promise<void>;
}

/** Looks at a heartbeat; the key is its name. */
const CHECK = 'alerting.heartbeat';
/** Notes that signals can be heard. */
const LISTEN = 'alerting.heartbeat-listen';
const LISTEN_MS = 15_000;
/** Another process may have read the documents a moment earlier: what seems gone is looked for again. */
const GONE_MS = 60_000;
/** Before a page, after a ticket's mail. */
const PRIORITY = 1;

export function createHeartbeats(deps: HeartbeatsDeps): Heartbeats {
  const { sql, clock, jobs, catalog, external, log } = deps;
  const listenMs = deps.listenEveryMs ?? LISTEN_MS;
  const url = deps.url.replace(/\/+$/, '');
  const document = (name: string): Resource<HeartbeatSpec> | undefined => catalog.current().get<HeartbeatSpec>(heartbeatKind.kind, name);
  const documents = (): readonly Resource<HeartbeatSpec>[] => catalog.current().list<HeartbeatSpec>(heartbeatKind.kind);
  const hear = (): Promise<Silence | undefined> => store.hear(sql, clock.now(), 3 * listenMs);

  jobs.handle(CHECK, { run: ({ key }) => check(key), concurrency: 4 });
  jobs.handle(LISTEN, {
    concurrency: 1,
    run: async () => {
      await hear();
      return { again: clock.now() + listenMs };
    },
  });

  /** Decides anew from what is there, and tells of it where that is news. */
  async function check(name: string): Promise<void | { again: number }> {
    const silence = await hear();
    const stored = await store.findHeartbeat(sql, name);
    if (stored === undefined) return;
    const resource = document(name);
    if (resource === undefined) return gone(stored);
    if (stored.goneSince !== null) await store.setGone(sql, name, null);
    const verdict = judge(resource.spec, stored.state, clock.now(), silence);
    await tell(resource, stored, verdict);
    return verdict.deadline === null ? undefined : { again: verdict.deadline };
  }

  async function tell(resource: Resource<HeartbeatSpec>, { state, told }: store.StoredHeartbeat, verdict: Verdict): Promise<void> {
    const { name, title, spec } = resource;
    const trouble = troubleOf(verdict);
    // It is not well again before it has succeeded.
    if (verdict.status === 'running' && told !== null) return;
    // A new failure is news: its exit code and output are shown. What else an edit changes in the alert is, too.
    const news = trouble === null ? null : JSON.stringify([trouble, state.failedAt, spec.severity, spec.service ?? null]);
    if (news === told) return;
    const service = spec.service === undefined ? undefined : catalog.current().get<ServiceSpec>('Service', spec.service)?.spec;
    const runbook = spec.runbook ?? service?.runbook;
    await external.report([reportHeartbeat({ name, title, spec, state, verdict, runbook, url, now: clock.now() })], 'nines');
    await store.setTold(sql, name, news);
  }

  /** Its document was taken away: its alert ends, and what is known of it is forgotten. */
  async function gone({ name, state, told, goneSince }: store.StoredHeartbeat): Promise<void | { again: number }> {
    const now = clock.now();
    if (goneSince === null) await store.setGone(sql, name, now);
    if (now - (goneSince ?? now) < GONE_MS) return { again: (goneSince ?? now) + GONE_MS };
    if (told !== null) {
      const alert = { source: `heartbeat/${name}`, key: name, status: 'resolved', labels: {}, endsAt: null, startsAt: now } as const;
      await external.report([{ ...alert, annotations: { summary: `${name} is no longer watched` } }], 'nines');
    }
    await sql.transaction((tx) => store.forgetHeartbeat(tx, name));
    log.info({ heartbeat: name, createdAt: state.createdAt }, 'a heartbeat whose document is gone was forgotten');
  }

  /** Every document has its row, and every row is looked at once. */
  async function follow(): Promise<void> {
    const names = documents().map(({ name }) => name);
    await sql.transaction(async (tx) => {
      await store.addHeartbeats(tx, names, newHeartbeat(clock.now()));
      for (const { name } of await store.listHeartbeats(tx)) await jobs.enqueue(tx, { kind: CHECK, key: name, priority: PRIORITY });
    });
  }

  const judged = (stored: store.StoredHeartbeat, silence: Silence | undefined): HeartbeatNow[] => {
    const resource = document(stored.name);
    if (resource === undefined) return [];
    return [{ resource, stored, verdict: judge(resource.spec, stored.state, clock.now(), silence) }];
  };

  return {
    document,
    async signal(name, signal) {
      const resource = document(name);
      if (resource === undefined) throw notFound('Heartbeat', name);
      await sql.transaction(async (tx) => {
        await store.addHeartbeats(tx, [name], newHeartbeat(signal.at));
        const before = (await store.lockHeartbeat(tx, name))!;
        const state = signalled(before.state, signal);
        await store.saveSignal(tx, name, state, signal);
        const { deadline } = judge(resource.spec, state, clock.now());
        // Nothing to tell, then or now: it is enough to look when it will be late.
        const quiet = before.told === null && deadline !== null;
        await jobs.enqueue(tx, { kind: CHECK, key: name, priority: PRIORITY, ...(quiet && { runAt: deadline }) });
      });
    },
    async list() {
      const silence = await hear();
      return (await store.listHeartbeats(sql)).flatMap((stored) => judged(stored, silence));
    },
    async find(name) {
      const stored = await store.findHeartbeat(sql, name);
      const [found] = stored === undefined ? [] : judged(stored, await hear());
      if (found === undefined) throw notFound('Heartbeat', name);
      return found;
    },
    async start() {
      await hear();
      await sql.transaction((tx) => jobs.enqueue(tx, { kind: LISTEN, key: 'all', runAt: clock.now() + listenMs }));
      let following: Promise<void> = follow();
      catalog.onChange(() => {
        following = following.then(follow).catch((error: unknown) => log.error({ err: error }, 'heartbeats could not be taken up'));
      });
      await following;
    },
  };
}
