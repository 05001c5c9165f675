import type { Catalog } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { type DrillSpec, nextDrill } from './drill-kind.ts';
import type { PageDrills } from './page-drills.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly catalog: Catalog;
}

/** The next drill of a document; the key is its name, the payload says for when it was set. */
const DUE = 'experiments.page-drill-due';
/** A nines that was down for so long does not surprise people with a drill that was due then. */
const LATE_MS = 10 * 60_000;

/** Begins the drills of documents when they are due. Resolves what to do from the documents that are in force by then. */
export function createDrillCalendar({ sql, clock, jobs, catalog }: Deps, drills: PageDrills): { follow(): void } {
  const specOf = (name: string): DrillSpec | undefined => catalog.current().get<DrillSpec>('PageDrill', name)?.spec;
  jobs.handle(DUE, {
    async run({ key, runAt }) {
      const spec = specOf(key);
      if (spec === undefined) return undefined;
      const now = clock.now();
      const due = nextDrill(spec, runAt - 1);
      // The document was edited since: the drill is due at another time.
      if (due === runAt && now - runAt < LATE_MS) await drills.begin(spec.service, parseDuration(spec.answerWithin), 'nines');
      const next = nextDrill(spec, now);
      return next === null ? undefined : { again: next };
    },
  });
  const plan = async (): Promise<void> => {
    const now = clock.now();
    await sql.transaction(async (tx) => {
      for (const { name, spec } of catalog.current().list<DrillSpec>('PageDrill')) {
        const next = nextDrill(spec, now);
        if (next !== null) await jobs.enqueue(tx, { kind: DUE, key: name, runAt: next });
      }
    });
  };
  return {
    follow() {
      catalog.onChange(() => void plan().catch(() => undefined));
    },
  };
}
