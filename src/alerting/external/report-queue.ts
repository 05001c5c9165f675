import { severityOf } from '../rule.ts';
import { externalFingerprint } from './decide-report.ts';
import type { ReportedAlert } from './external-alert.ts';

/** One alert of one report. */
export interface Reported {
  readonly report: ReportedAlert;
  readonly fingerprint: string;
  /** Who told of it. */
  readonly actor: string;
}

interface Entry extends Reported {
  readonly request: Request;
}

interface Request {
  left: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** So many in a transaction: short enough that a page of another waits for it no longer than it would notice. */
const MOST_AT_ONCE = 250;

/**
 * Reports that come at the same time are written together: a storm is told in many small requests, and each commit costs the
 * same. What calls people goes first, whoever sent it; of one alert, what was said first is written first.
 * @param write durable, or nothing of it is there, once it is settled
 */
export function createReportQueue(write: (batch: readonly Reported[]) => Promise<void>): {
  /** Resolves when all of them are durable. */
  put(reports: readonly ReportedAlert[], actor: string): Promise<void>;
  /** How many wait. */
  readonly size: number;
} {
  /** What is still to be written of each alert, the first first. An alert stands in one of the two, and in its order. */
  const [critical, others] = [new Map<string, Entry[]>(), new Map<string, Entry[]>()];
  let writing = false;
  let size = 0;

  const add = (entry: Entry): void => {
    const { fingerprint } = entry;
    const before = critical.get(fingerprint) ?? others.get(fingerprint) ?? [];
    const urgent = critical.has(fingerprint) || isCritical(entry.report);
    if (urgent) others.delete(fingerprint);
    (urgent ? critical : others).set(fingerprint, [...before, entry]);
  };

  /** The next batch, one word of each alert. */
  const take = (): Entry[] => {
    const batch: Entry[] = [];
    for (const queue of [critical, others]) {
      for (const [fingerprint, [first, ...more]] of queue) {
        if (batch.length === MOST_AT_ONCE) return batch;
        batch.push(first!);
        if (more.length > 0) queue.set(fingerprint, more);
        else queue.delete(fingerprint);
      }
    }
    return batch;
  };
  const settle = ({ request }: Entry): void => {
    size -= 1;
    request.left -= 1;
    if (request.left === 0) request.done();
  };

  const writeAll = async (batch: readonly Entry[]): Promise<void> => {
    try {
      await write(batch);
      batch.forEach(settle);
    } catch (error) {
      const requests = new Set(batch.map(({ request }) => request));
      if (requests.size === 1) {
        size -= batch.length;
        return batch[0]!.request.failed(error);
      }
      // One that can't be written must not keep others' from being.
      for (const request of requests) await writeAll(batch.filter((one) => one.request === request));
    }
  };

  const run = async (): Promise<void> => {
    writing = true;
    // What came at the same moment is one batch.
    await Promise.resolve();
    for (let batch = take(); batch.length > 0; batch = take()) await writeAll(batch);
    writing = false;
  };

  return {
    get size() {
      return size;
    },
    put: (reports, actor) =>
      new Promise<void>((resolve, reject) => {
        if (reports.length === 0) return resolve();
        size += reports.length;
        const request: Request = { left: reports.length, done: resolve, failed: reject };
        for (const report of reports) add({ report, actor, fingerprint: externalFingerprint(report), request });
        if (!writing) void run();
      }),
  };
}

const isCritical = ({ status, severity, labels }: ReportedAlert): boolean =>
  status === 'firing' && (severity ?? severityOf(labels.severity)) === 'critical';
