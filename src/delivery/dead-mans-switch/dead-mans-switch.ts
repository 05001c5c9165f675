import type { Clock } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { Health } from '../../platform/health.ts';
import { reply, type Route, route } from '../../platform/http/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { askProvider } from '../channels/ask-provider.ts';
import { doubts } from './doubts.ts';
import type { SwitchSettings } from './settings.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly settings: SwitchSettings | undefined;
}

export interface DeadMansSwitch {
  readonly routes: readonly Route[];
  start(): Promise<void>;
}

const KIND = 'delivery.dead-mans-switch';
const TIMEOUT_MS = 10_000;
const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/**
 * Tells someone outside, again and again, that a page would arrive; where it can't say so, it is silent, and the silence is noticed there.
 * It is a job of the queue that pages leave by, with their priority: a queue that stands still is silent, too.
 */
export function createDeadMansSwitch({ sql, clock, log, health, jobs, settings }: Deps): DeadMansSwitch {
  const look = async (): Promise<string[]> => doubts({ components: health.list(), oldestPageMs: await oldestPage(sql, clock.now()) });
  jobs.handle(KIND, {
    concurrency: 1,
    async run(job, signal) {
      // Another process may have another address, or none: what this one has counts.
      if (settings === undefined || job.key !== settings.url) return undefined;
      const reasons = await look();
      if (reasons.length > 0) log.warn({ reasons }, "the dead man's switch is left alone: a page might not arrive");
      else {
        const error = await press(settings.url, { clock, signal });
        const problem = `Who watches nines from outside could not be told that it works (${error}): look at deadMansSwitch.url.`;
        health.report('delivery.switch', error === undefined ? 'ok' : 'degraded', problem);
      }
      return { again: clock.now() + parseDuration(settings.every) };
    },
  });
  return {
    routes: [
      route({
        method: 'GET',
        path: '/-/paging',
        head: true,
        access: 'public',
        summary: 'Whether a page would arrive, for a check from outside',
        async handler() {
          const reasons = await look();
          return reasons.length === 0 ? reply(200, 'A page would leave.\n', TEXT) : reply(503, `A page might not leave: ${reasons.length} reasons, see nines status.\n`, TEXT);
        },
      }),
    ],
    async start() {
      if (settings === undefined) return;
      await sql.transaction((tx) => jobs.enqueue(tx, { kind: KIND, key: settings.url, runAt: clock.now(), priority: 0 }));
    },
  };
} // prettier-ignore

/** Why who watches could not be told; undefined where they were. */
async function press(url: string, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<string | undefined> {
  const answer = await askProvider({ url, method: 'GET', maxBytes: 1_024 }, { clock, signal, timeoutMs: TIMEOUT_MS });
  if ('kind' in answer) return answer.error;
  return answer.status < 300 ? undefined : answer.said;
}

/** How long the page that waits longest is overdue. */
async function oldestPage(sql: Sql, now: number): Promise<number> {
  const { first } = await sql
    .db<{ deliveries: { state: string; priority: number; due_at: number } }>()
    .selectFrom('deliveries')
    .select(({ fn }) => fn.min('due_at').as('first'))
    .where('state', '=', 'queued')
    .where('priority', '=', 0)
    .executeTakeFirstOrThrow();
  return first === null ? 0 : Math.max(0, now - first);
}
