import type { ResourceSet } from '../catalog/index.ts';
import type { Timer } from '../platform/clock.ts';
import { createLease } from '../platform/lease/index.ts';
import { notFound } from '../platform/problem.ts';
import type { ObjectiveCost, ObjectiveStatus } from './contract.ts';
import { Meter } from './meter.ts';
import { HOUR, MINUTE } from './minute-history.ts';
import { objectiveCost } from './objective-cost.ts';
import { objectiveUses } from './objective-uses.ts';
import { ObjectiveSeries } from './objective-series.ts';
import type { Objectives, ObjectivesDeps } from './objectives.ts';
import { objectiveStatus } from './objective-status.ts';
import { createObjectiveStore } from './objective-store.ts';
import { objectiveOf } from './read-objective.ts';
import { queryPort } from './query-port.ts';
import { objectiveRoutes } from './routes.ts';
import { sloKind } from './slo-document.ts';
import type { SloSpec } from './slo-spec.ts';

const EVERY_MS = 10_000;
const FRESH_MS = 5_000;
/** What incidents of the last months cost stays known beyond the window. */
const KEEP_MS = 100 * 24 * HOUR;

export function createObjectives({
  sql,
  clock,
  log,
  health,
  catalog,
  query: engine,
  sink,
  metrics,
  maintenance,
}: ObjectivesDeps): Objectives {
  const query = queryPort(engine);
  const store = createObjectiveStore(sql);
  /** One of several processes stores what it counts; the others count for what they show. */
  const lease = createLease({ sql, clock, log, name: 'objectives' });
  const series = new ObjectiveSeries(sink);
  const failures = metrics.counter({ name: 'nines_objectives_failures_total', help: 'Objectives that could not be counted, each time.' });
  let meters = new Map<string, { meter: Meter; loaded: boolean }>();
  let running: Promise<void> | undefined;
  let timer: Timer | undefined;
  let prunedAt = Number.NEGATIVE_INFINITY;

  function follow(set: ResourceSet): void {
    const next = new Map<string, { meter: Meter; loaded: boolean }>();
    for (const resource of set.list<SloSpec>(sloKind.kind)) {
      const objective = objectiveOf(resource);
      const known = meters.get(resource.name);
      const same = known !== undefined && JSON.stringify(known.meter.objective) === JSON.stringify(objective);
      const kept = same && known.meter.objective.indicator.identity === objective.indicator.identity;
      next.set(resource.name, kept ? known : { meter: new Meter(objective), loaded: false });
    }
    meters = next;
  }
  catalog.onChange(follow);

  async function measureAll(): Promise<void> {
    const now = clock.now();
    const failed: string[] = [];
    const all = [...meters.values()];
    const excludes = all.some(({ meter }) => meter.objective.excludeMaintenance);
    const planned = (excludes ? await maintenance?.() : undefined) ?? (() => false);
    const counted = all.some(({ loaded }) => !loaded) ? await store.counted() : new Map<string, never>();
    for (const entry of all) {
      const { meter } = entry;
      try {
        if (!entry.loaded) await meter.load(store, counted.get(meter.objective.name), now);
        entry.loaded = true;
        const { service, excludeMaintenance } = meter.objective;
        const change = await meter.measure(query, now, (minute) => excludeMaintenance && planned(service, minute));
        if (!lease.held) continue;
        if (change !== undefined) await store.save([change], (tx) => lease.guard(tx));
        meter.saved();
      } catch (error) {
        failures.inc();
        failed.push(`${meter.objective.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const measured = all.filter(({ meter }) => meter.measuredAt === now);
    await series.write(
      measured.map(({ meter }) => statusOf(meter, now)),
      now,
    );
    await prune(now);
    health.report('objectives', failed.length > 0 ? 'degraded' : 'ok', failed.length > 0 ? `could not count ${failed.join('; ')}` : '');
  }

  async function prune(now: number): Promise<void> {
    if (now - prunedAt < HOUR || !lease.held) return;
    prunedAt = now;
    for (const { meter } of meters.values())
      await store.prune(meter.objective.name, now - Math.max(KEEP_MS, meter.objective.windowMs + HOUR));
  }

  /** Goes on where the process that stored them before stopped. */
  async function takeOver(): Promise<void> {
    await running?.catch(() => undefined);
    meters = new Map([...meters].map(([name, { meter }]) => [name, { meter: new Meter(meter.objective), loaded: false }]));
  }

  /** One measurement at a time; whoever asks meanwhile waits for the one that runs. */
  function measure(): Promise<void> {
    running ??= measureAll().finally(() => (running = undefined));
    return running;
  }

  function schedule(): void {
    timer = clock.after(EVERY_MS, () => {
      measure()
        .catch((error: unknown) => {
          health.report('objectives', 'degraded', 'objectives could not be counted; see the log');
          log.error({ err: error }, 'objectives could not be counted');
        })
        .finally(() => {
          if (timer !== undefined) schedule();
        });
    });
  }

  const statusOf = (meter: Meter, now: number): ObjectiveStatus => {
    const { objective, history } = meter;
    // The running minute counts whole: what it has so far is all there is of it.
    const end = now - (now % MINUTE) + MINUTE;
    const knownForMs = now - (history.firstEvent ?? now);
    return objectiveStatus(objective, { eventsIn: (lastMs) => history.sum(now - lastMs, end), knownForMs }, now);
  };

  async function fresh(names: readonly string[]): Promise<void> {
    const now = clock.now();
    const stale = names.some((name) => Math.abs(now - (meters.get(name)?.meter.measuredAt ?? now)) > FRESH_MS);
    if (stale) await measure();
  }

  async function statuses(): Promise<ObjectiveStatus[]> {
    await fresh([...meters.keys()]);
    const all = [...meters.values()].map(({ meter }) => statusOf(meter, meter.measuredAt > 0 ? meter.measuredAt : clock.now()));
    return all.sort((a, b) => a.name.localeCompare(b.name));
  }

  async function cost(name: string, from: number, to: number): Promise<ObjectiveCost> {
    await fresh([name]);
    const meter = meters.get(name)?.meter;
    if (meter === undefined) throw notFound('objective', name);
    const { service, excludeMaintenance } = meter.objective;
    const planned = excludeMaintenance ? await maintenance?.() : undefined;
    const leftOut = (minute: number): boolean => planned?.(service, minute) ?? false;
    return objectiveCost({ meter, store, query, now: clock.now(), leftOut }, from, to);
  }

  const objectives: Objectives = {
    routes: [],
    async start() {
      follow(catalog.current());
      await lease.start({ gained: takeOver, lost: () => Promise.resolve() });
      schedule();
      await measure().catch((error: unknown) => log.error({ err: error }, 'objectives could not be counted'));
    },
    async stop() {
      timer?.cancel();
      timer = undefined;
      await running?.catch(() => undefined);
      await lease.stop();
    },
    list: () => [...meters.values()].map(({ meter }) => meter.objective),
    uses: () => objectiveUses([...meters.values()].map(({ meter }) => meter.objective)),
    statuses,
    async status(name) {
      const found = (await statuses()).find((status) => status.name === name);
      if (found === undefined) throw notFound('objective', name);
      return found;
    },
    cost,
    async costs(service, from, to) {
      const names = [...meters.values()]
        .filter(({ meter }) => meter.objective.service === service)
        .map(({ meter }) => meter.objective.name);
      const costs: ObjectiveCost[] = [];
      for (const name of names.sort()) costs.push(await cost(name, from, to));
      return costs;
    },
    measure,
  };
  return { ...objectives, routes: objectiveRoutes(objectives, clock) };
}
