import type { Clock, Timer } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { QueryEngine } from '../promql/index.ts';
import type { MetricMetadata } from '../series.ts';
import type { StoreShape } from '../store/index.ts';
import { askerOf } from './asker-of.ts';
import { auditMetrics } from './audit-metrics.ts';
import type { AuditAnswer, MetricDetail, SlowQueriesAnswer } from './contract.ts';
import { MetricCosts } from './metric-costs.ts';
import { metricLabels } from './metric-labels.ts';
import type { MetricUse, MetricUses } from './metric-use.ts';
import { QueryWatch } from './query-watch.ts';
import { loadQueryUses, saveQueryUses } from './usage-store.ts';

export interface UsageDeps {
  readonly shape: StoreShape;
  readonly engine: QueryEngine;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Registry;
  readonly sql: Sql;
  metadata(metric: string): readonly MetricMetadata[];
  typesOf(metric: string): readonly string[];
}

/** What people asked for is kept so often: a crash forgets no more. */
const SAVE_MS = 300_000;
/** After the start there is more urgent work. */
const FIRST_COUNT_MS = 20_000;
const AUDIT_FRESH_MS = 60_000;
const FIRST_SEEN_TIMEOUT_MS = 10_000;

/** What metrics cost, who uses them, and how long queries take. */
export class Usage {
  readonly costs: MetricCosts;
  readonly queries: QueryWatch;
  /** Milliseconds since the epoch. */
  queriesSince: number;
  readonly #deps: UsageDeps;
  readonly #uses: MetricUses[] = [];
  #timers: Timer[] = [];
  #audit: { readonly at: number; readonly answer: Promise<AuditAnswer> } | undefined;
  #running = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(deps: UsageDeps) {
    this.#deps = deps;
    const { shape, clock, engine, metrics } = deps;
    this.queriesSince = clock.now();
    this.queries = new QueryWatch({ engine, clock, metrics });
    this.costs = new MetricCosts({ shape, clock, metadata: deps.metadata, uses: () => this.#everyUse() });
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      // prettier-ignore
      metrics.gauge({
        name: `nines_query_${name}_seconds`,
        help: `What ${share * 100} in 100 of the newest queries took at most, with waiting.`,
        collect: () => (this.queries.times.quantile(share) ?? 0) / 1000,
      });
  }

  /** Somebody else who reads metrics. */
  usedBy(uses: MetricUses): void {
    this.#uses.push(uses);
  }

  /** The engine for whoever calls itself so. */
  askedBy(userAgent: string | string[] | undefined): QueryEngine {
    return this.queries.askedBy(askerOf(userAgent));
  }

  async start(): Promise<void> {
    const { sql, log } = this.#deps;
    this.#running = true;
    try {
      const uses = await loadQueryUses(sql);
      this.queries.book.restore(uses);
      this.queriesSince = Math.min(this.queriesSince, ...uses.map(({ lastAt }) => lastAt));
    } catch (error) {
      log.warn({ err: error }, 'who asked for which metrics could not be read: it is counted anew');
    }
    this.#again(FIRST_COUNT_MS, () => this.costs.refresh());
    this.#again(SAVE_MS, async () => (await this.#save(), SAVE_MS));
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    await this.#save();
  }

  async detail(metric: string): Promise<MetricDetail | undefined> {
    const found = await this.costs.of(metric);
    if (!found) return undefined;
    return {
      ...found.cost,
      firstSeen: await this.#firstSeen(metric),
      ...(await metricLabels(this.#deps.shape, metric)),
      usedBy: found.users.map(({ lastAt, ...user }) => ({
        ...user,
        ...(lastAt !== undefined && { lastAt: new Date(lastAt).toISOString() }),
      })),
    };
  }

  /** Looked up anew at most once a minute. */
  audit(): Promise<AuditAnswer> {
    const now = this.#deps.clock.now();
    if (this.#audit && Math.abs(now - this.#audit.at) < AUDIT_FRESH_MS) return this.#audit.answer;
    const answer = this.#everyUse().then((uses) => auditMetrics(this.#deps, uses, now));
    this.#audit = { at: now, answer };
    answer.catch(() => (this.#audit = undefined));
    return answer;
  }

  slow(limit: number): SlowQueriesAnswer {
    const { times } = this.queries;
    return {
      queries: times.slowest(this.#deps.clock.now(), limit).map(({ query, asker, at, queueMs, evalMs, samples, problem }) => ({
        query,
        asker,
        at: new Date(at).toISOString(),
        waitedMs: queueMs,
        tookMs: evalMs,
        samples,
        problem: problem ?? null,
      })),
      p50Ms: times.quantile(0.5),
      p99Ms: times.quantile(0.99),
      asked: times.count,
    };
  }

  async #everyUse(): Promise<MetricUse[]> {
    const given = await Promise.all(this.#uses.map(async (uses) => await uses()));
    return [...given.flat(), ...this.queries.book.uses()];
  }

  /** When the oldest of its series was seen first. */
  async #firstSeen(metric: string): Promise<string | null> {
    const { shape } = this.#deps;
    // Ids grow with time, so the first of them is the oldest.
    const [id] = shape.idsOf(metric);
    if (id === undefined || !shape.engine) return null;
    const rows = await shape.engine
      .query<{ t: string }>(
        'SELECT toUnixTimestamp64Milli(first_seen) AS t FROM series WHERE id = {id:UInt32} LIMIT 1',
        { id },
        { timeoutMs: FIRST_SEEN_TIMEOUT_MS },
      )
      .catch(() => []);
    return rows[0] ? new Date(Number(rows[0].t)).toISOString() : null;
  }

  #save(): Promise<void> {
    const { sql, log } = this.#deps;
    this.#saving = this.#saving
      .then(() => saveQueryUses(sql, this.queries.book.list()))
      .catch((error: unknown) => log.warn({ err: error }, 'who asked for which metrics could not be kept'));
    return this.#saving;
  }

  /** Works after so long, and again after what it answers. */
  #again(after: number, work: () => Promise<number>): void {
    if (!this.#running) return;
    const timer = this.#deps.clock.after(after, () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
      void work().then((pause) => this.#again(pause, work));
    });
    this.#timers.push(timer);
  }
}
