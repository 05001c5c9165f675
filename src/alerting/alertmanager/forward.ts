/** nines as a sender of alerts: an Alertmanager that stays beside it is told of all that nines decides, as a Prometheus would. */
import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
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
  /** Those that fire, and those that were resolved within the last quarter of an hour. */
  readonly alerts: () => Promise<readonly FiringAlert[]>;
  /** Where the UI is. */
  readonly url: string;
}

const JOB = 'alerting.forward';
/** So often is looked for news. */
const LOOK_MS = 5_000;
/** So often is told again what fires: the other side would end it otherwise. */
const RESEND_MS = 60_000;
/** What is not told of again is over there after this time, as with Prometheus four times the interval. */
const ENDS_MS = 4 * RESEND_MS;
const TIMEOUT_MS = 10_000;
const BATCH = 500;

/** Returns what begins to forward. A durable job for each target: one process of several does it. */
export function createForwarder(deps: ForwardDeps): () => Promise<void> {
  const { sql, jobs, targets } = deps;
  const sent = new Map<string, { readonly what: string; readonly at: number }>();
  jobs.handle(JOB, {
    concurrency: 2,
    run: async ({ key }) => {
      const target = targets.find(({ url }) => url === key);
      // No longer in the settings.
      if (target === undefined) return undefined;
      const now = deps.clock.now();
      const alerts = await deps.alerts();
      const what = alerts
        .map(({ alert }) => `${alert.fingerprint} ${alert.state} ${alert.firedAt}`)
        .sort()
        .join();
      const last = sent.get(key);
      if (last?.what !== what || now - last.at >= RESEND_MS) {
        const problem = await forward(target, alerts.map((one) => posted(one, deps.url, now))); // prettier-ignore
        deps.health.report(`alerting.forward`, problem === undefined ? 'ok' : 'degraded', problem);
        if (problem === undefined) sent.set(key, { what, at: now });
      }
      return { again: now + LOOK_MS };
    },
  });
  return () =>
    sql.transaction(async (tx) => {
      for (const { url } of targets) await jobs.enqueue(tx, { kind: JOB, key: url });
    });
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

/** What went wrong, in words. */
async function forward({ url, token, user, password }: ForwardTarget, alerts: readonly object[]): Promise<string | undefined> {
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };
  try {
    for (let i = 0; i < alerts.length; i += BATCH) {
      const body = JSON.stringify(alerts.slice(i, i + BATCH));
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body, redirect: 'error', signal });
      const said = (await answer.text()).slice(0, 200);
      if (!answer.ok) return `The Alertmanager at ${url} refuses alerts: ${answer.status} ${said}`;
    }
    return undefined;
  } catch (error) {
    return `The Alertmanager at ${url} can't be told of alerts: ${error instanceof Error ? error.message : String(error)}`;
  }
}
