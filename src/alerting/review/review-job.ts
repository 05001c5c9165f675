/** Tells each team on Monday of the week before, once. */
import type { Catalog } from '../../catalog/index.ts';
import type { Delivery } from '../../delivery/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { buildReview, zoneOf } from './build-review.ts';
import { reviewMessages } from './review-mail.ts';
import { isSent, markSent } from './review-store.ts';
import { reviewTime, weekAt, weekBefore } from './week.ts';

/** The job of a team; the key is its name. */
const REVIEW = 'alerting.review';
/** A process that was away on Monday tells of it until Tuesday; later nobody waits for it. */
const LATE_MS = 36 * 3_600_000;
const DAY_MS = 86_400_000;

export interface ReviewJobDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly delivery: Pick<Delivery, 'send'>;
  readonly url: string;
  /** `09:00`, in the team's time zone; false tells nobody. */
  readonly tellAt: string | false;
}

export interface ReviewJob {
  start(): Promise<void>;
}

export function createReviewJob(deps: ReviewJobDeps): ReviewJob {
  const { sql, log, jobs, catalog, tellAt } = deps;
  if (tellAt === false) {
    // What an earlier configuration left ends.
    jobs.handle(REVIEW, { run: () => Promise.resolve() });
    return { start: () => Promise.resolve() };
  }
  jobs.handle(REVIEW, { concurrency: 1, run: ({ key }) => tell(deps, key, tellAt) });
  /** A job for each team, at the time that it would have anyway. */
  const arrange = async (): Promise<void> => {
    const set = catalog.current();
    const due: { key: string; runAt: number }[] = [];
    for (const { name } of set.list('Team')) due.push({ key: name, runAt: await dueOf(deps, name, tellAt) });
    if (due.length > 0) await sql.transaction(async (tx) => {
      for (const { key, runAt } of due) await jobs.enqueue(tx, { kind: REVIEW, key, runAt, priority: 9 });
    });
  }; // prettier-ignore
  let arranging = Promise.resolve();
  const again = (): Promise<void> =>
    (arranging = arranging.then(arrange).catch((error: unknown) => log.error({ err: error }, 'the weekly reviews could not be arranged')));
  return {
    async start() {
      catalog.onChange(() => void again());
      await again();
    },
  };
}

/** Now, where this Monday's was not told and may still be; else next Monday. */
async function dueOf({ sql, clock, catalog }: ReviewJobDeps, team: string, tellAt: string): Promise<number> {
  const zone = zoneOf(catalog.current(), team);
  const now = clock.now();
  const monday = reviewTime(now, zone, tellAt);
  if (now < monday) return monday;
  const told = await isSent(sql, team, weekBefore(weekAt(now, zone), zone).name);
  return told || now > monday + LATE_MS ? reviewTime(weekAt(now, zone).to + DAY_MS / 2, zone, tellAt) : now;
}

async function tell(deps: ReviewJobDeps, team: string, tellAt: string): Promise<void | { again: number }> {
  const { sql, clock, ledger, catalog, delivery, url } = deps;
  const set = catalog.current();
  if (set.get('Team', team) === undefined) return;
  const due = await dueOf(deps, team, tellAt);
  const now = clock.now();
  if (due > now) return { again: due };
  const zone = zoneOf(set, team);
  const week = weekBefore(weekAt(now, zone), zone);
  const review = await buildReview({ sql, ledger }, set, { week, team, now });
  await sql.transaction(async (tx) => {
    if (!(await markSent(tx, team, week.name, now))) return;
    // A week in which nothing fired is no news.
    if (review.alerts.length === 0) return;
    await delivery.send(tx, reviewMessages(set, team, review, url));
    const title = `The review of ${week.name} was sent to ${set.get('Team', team)?.title ?? team}: ${review.alerts.length} alerts`;
    await ledger.append(tx, [{ kind: 'review.sent', title, actor: 'nines', subject: `review/${week.name}`, data: { team, week: week.name, alerts: review.alerts.length } }]);
  });
  return { again: await dueOf(deps, team, tellAt) };
} // prettier-ignore
