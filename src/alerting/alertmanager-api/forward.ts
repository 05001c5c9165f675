/** nines as a sender of alerts: an Alertmanager that stays beside it is told of all that nines decides, as a Prometheus would. */
import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Migration, Sql } from '../../platform/sql/index.ts';
import type { FoundAlertmanager } from '../../monitoring/index.ts';
import type { FiringAlert } from './shown-alert.ts';
import { ALERTMANAGER_SOURCE } from './postable-alerts.ts';

export interface ForwardTarget {
  /** Without a slash at the end. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

export interface ForwardDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly health: Health;
  readonly targets: readonly ForwardTarget[];
  /** Those that a prometheus.yml finds, as of now. */
  readonly found?: () => readonly FoundAlertmanager[];
  /** Those that fire, and those that were resolved within the last quarter of an hour. */
  readonly alerts: () => Promise<readonly FiringAlert[]>;
  /** Where the UI is. */
  readonly url: string;
}

export interface Forwarder {
  /** Begins to forward. Durable jobs: one process of several does it. */
  start(): Promise<void>;
  /** Whether alerts with these headers were sent by a nines of this database: a prometheus.yml may name nines itself. */
  isOwn(headers: Readonly<Record<string, string | string[] | undefined>>): boolean;
}

/** Whom to tell, however it became known. */
type Peer = Pick<FoundAlertmanager, 'url' | 'key' | 'labelsFor' | 'post'>;

const JOB = 'alerting.forward';
/** Not an address: the job that looks for those of a prometheus.yml. */
const LOOK = 'prometheus.yml';
/** So often is looked for news. */
const LOOK_MS = 5_000;
/** So often is told again what fires: the other side would end it otherwise. */
const RESEND_MS = 60_000;
/** What is not told of again is over there after this time, as with Prometheus four times the interval. */
const ENDS_MS = 4 * RESEND_MS;
const TIMEOUT_MS = 10_000;
const BATCH = 500;
const SENDER = 'x-nines-forwarder';

export const forwardMigrations: Migration[] = [
  {
    id: 'alerting-forwarder',
    up: `
      create table alert_forwarder (one boolean primary key default true check (one), id text not null);
      insert into alert_forwarder (id) values (gen_random_uuid()::text);`,
  },
];

export function createForwarder(deps: ForwardDeps): Forwarder {
  const { sql, clock, jobs, found = () => [] } = deps;
  const sent = new Map<string, { readonly what: string; readonly at: number }>();
  const problems = new Map<string, string>();
  const peers = new Map(deps.targets.map((target) => [target.url, peerOf(target)]));
  let id = '';

  /** One that is told all over again what it was told before is told when it is time. */
  async function tell(peer: Peer): Promise<void> {
    const now = clock.now();
    const alerts = (await deps.alerts()).flatMap((one): FiringAlert[] => {
      const labels = peer.labelsFor(one.alert.labels);
      return labels === undefined ? [] : [{ ...one, alert: { ...one.alert, labels } }];
    });
    const what = alerts
      .map(({ alert }) => `${JSON.stringify(alert.labels)} ${alert.state} ${alert.firedAt}`)
      .sort()
      .join();
    const last = sent.get(peer.key);
    if (last?.what === what && now - last.at < RESEND_MS) return;
    const problem = await forward(peer, alerts.map((one) => posted(one, deps.url, now)), { [SENDER]: id }); // prettier-ignore
    if (problem === undefined) sent.set(peer.key, { what, at: now });
    if (problem === undefined) problems.delete(peer.key);
    else problems.set(peer.key, problem);
    report();
  }

  /** What is no longer to be told has no problem either. */
  function report(): void {
    const known = new Set([...peers.values(), ...found()].map(({ key }) => key));
    for (const key of problems.keys()) if (!known.has(key)) problems.delete(key);
    for (const key of sent.keys()) if (!known.has(key)) sent.delete(key);
    deps.health.report(JOB, problems.size === 0 ? 'ok' : 'degraded', [...problems.values()].sort().slice(0, 5).join(' '));
  }

  jobs.handle(JOB, {
    concurrency: 16,
    run: async ({ key }) => {
      if (key === LOOK) {
        const due = found().map((one) => ({ kind: JOB, key: one.key }));
        if (due.length > 0) await sql.transaction((tx) => jobs.enqueueAll(tx, due));
        if (problems.size > 0) report();
        return { again: clock.now() + LOOK_MS };
      }
      const peer = peers.get(key);
      // Those of a prometheus.yml are asked for again by the look; the others are no longer in the settings.
      const one = peer ?? found().find((each) => each.key === key);
      if (one !== undefined) await tell(one);
      return peer === undefined ? undefined : { again: clock.now() + LOOK_MS };
    },
  });
  return {
    isOwn: (headers) => id !== '' && headers[SENDER] === id,
    async start() {
      const row = await sql.db<ForwarderTables>().selectFrom('alert_forwarder').select('id').executeTakeFirst();
      id = row?.id ?? '';
      await sql.transaction((tx) => jobs.enqueueAll(tx, [LOOK, ...peers.keys()].map((key) => ({ kind: JOB, key })))); // prettier-ignore
    },
  };
}

interface ForwarderTables {
  alert_forwarder: { one: boolean; id: string };
}

/** What came from an Alertmanager's clients is not sent on: two that tell each other would never end. */
export const isForwarded = (ruleKey: string): boolean => ruleKey !== `external/${ALERTMANAGER_SOURCE}`;

function posted({ alert, generatorUrl }: FiringAlert, url: string, now: number) {
  const ends = alert.state === 'resolved' && alert.resolvedAt !== null ? alert.resolvedAt : now + ENDS_MS;
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.activeAt).toISOString(),
    endsAt: new Date(Math.max(ends, alert.activeAt)).toISOString(),
    generatorURL: generatorUrl ?? `${url}/alerts`,
  };
}

/** Of the settings. */
function peerOf({ url, token, user, password }: ForwardTarget): Peer {
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  const own = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };
  return {
    url,
    key: url,
    labelsFor: (labels) => labels,
    async post(alerts, headers) {
      const body = JSON.stringify(alerts);
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { ...headers, ...own },
        body,
        redirect: 'error',
        signal,
      });
      const said = (await answer.text()).slice(0, 200);
      if (!answer.ok) throw new Error(`status ${answer.status} ${said}`);
    },
  };
}

/** What went wrong, in words. */
async function forward(peer: Peer, alerts: readonly object[], headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    for (let i = 0; i < alerts.length; i += BATCH) await peer.post(alerts.slice(i, i + BATCH), headers);
    return undefined;
  } catch (error) {
    return `The Alertmanager at ${peer.url} can't be told of alerts: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
