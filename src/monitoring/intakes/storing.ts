import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import type { SampleColumns, SampleSink } from '../series.ts';
import type { Intake } from './intake-book.ts';

interface Source {
  readonly size: number;
  take(): SampleColumns;
}

/** How senders that get no answer have their samples stored. */
export interface Storing {
  /** Resolves when they are stored, or when that was tried for long enough: a TCP sender waits for it. Never rejects. */
  now(source: Source): Promise<void>;
  /** Within a tenth of a second, together with what comes until then. */
  soon(source: Source): void;
}

const TRIES = 30;
const SOON_MS = 100;
/** What UDP brings while the store is slow waits in memory up to here. */
const MOST_WAITING = 1_000_000;

export function createStoring({ sink, intake, clock }: { sink: SampleSink; intake: Intake; clock: Clock }): Storing {
  const due = new Set<Source>();
  const busy = new Set<Source>();

  async function store(columns: SampleColumns): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await sink.append(columns);
        return intake.took(columns.ids.length);
      } catch (error) {
        // What is full or behind may have room soon; the sender keeps the rest until then.
        const wait = error instanceof Problem && error.status === 503 ? Math.min(error.retryAfter ?? 1, 5) : undefined;
        if (wait === undefined || attempt === TRIES) {
          const why = error instanceof Error ? error.message : String(error);
          return intake.refuse('not-stored', `the store did not take it: ${why}`, '', columns.ids.length);
        }
        await new Promise<void>((resolve) => clock.after(wait * 1000, resolve));
      }
    }
  }

  async function later(source: Source): Promise<void> {
    due.delete(source);
    busy.add(source);
    while (source.size > 0) await store(source.take());
    busy.delete(source);
  }

  return {
    now: (source) => (source.size === 0 ? Promise.resolve() : store(source.take())),
    soon(source) {
      if (source.size > MOST_WAITING) intake.refuse('too-fast', 'the store is behind', '', source.take().ids.length);
      if (due.has(source) || busy.has(source) || source.size === 0) return;
      due.add(source);
      clock.after(SOON_MS, () => void later(source));
    },
  };
}
