import type { Clock } from '../../platform/clock.ts';
import { type LimitError, Problem } from '../../platform/problem.ts';
import { SampleBatch, type Intake } from '../intakes/index.ts';
import type { LabelLimits } from '../label-limits.ts';
import type { SampleSink } from '../series.ts';
import { LineReader, type Precision } from './line-reader.ts';
import { SeriesKeys } from './series-keys.ts';

export interface InfluxWriteOptions {
  readonly sink: SampleSink;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly limits: LabelLimits;
  /** Milliseconds. */
  readonly retention: number;
}

export interface InfluxWriteRequest {
  readonly bytes: Uint8Array;
  /** Database or bucket: the label `db`. */
  readonly db: string;
  readonly precision: Precision;
  /** The sender's: series that are new belong to it. */
  readonly sink?: SampleSink;
}

/** Others on the event loop have their turn after so long; the clock is looked at each time that so much is read. */
const LONGEST_TURN_MS = 8;
const BYTES_PER_LOOK = 64 * 1024;
/** Batches of up to so many samples are used again, and so many of them. */
const LARGEST_KEPT = 65_536;
const MOST_KEPT = 4;
/** Each has a cache of its own. */
const MOST_DATABASES = 16;

/** Stores the points of a request; rejects with a Problem that names the lines that were wrong, the others being stored. */
export function createInfluxWrite({ sink, intake, clock, limits, retention }: InfluxWriteOptions) {
  const databases = new Map<string, SeriesKeys>();
  const free: SampleBatch[] = [];

  function keysOf(db: string): SeriesKeys {
    const known = databases.get(db);
    if (known) return known;
    if (databases.size >= MOST_DATABASES) databases.clear();
    const keys = new SeriesKeys(sink, limits, db);
    databases.set(db, keys);
    return keys;
  }

  return async ({ bytes, db, precision, sink: own = sink }: InfluxWriteRequest): Promise<void> => {
    const batch = free.pop() ?? new SampleBatch(Math.ceil(bytes.length / 24));
    const keys = keysOf(db);
    const reader = new LineReader(bytes, { keys, batch, precision, now: clock.now(), retention });
    let limit: LimitError | undefined;
    for (let more = true; more;) {
      // Requests that take several turns share the keys.
      keys.sink = own;
      keys.limit = undefined;
      const began = performance.now();
      do more = reader.readSome(BYTES_PER_LOOK);
      while (more && performance.now() - began < LONGEST_TURN_MS);
      limit ??= keys.limit;
      if (more) await new Promise((next) => setImmediate(next));
    }
    const stored = batch.size;
    // The arrays are the batch's own again as soon as the promise is there.
    const appended = stored > 0 ? own.append(batch.lend()) : undefined;
    if (free.length < MOST_KEPT && batch.room <= LARGEST_KEPT) free.push(batch);
    await appended;
    intake.took(stored);
    if (reader.badLines > 0) throw refusal(reader, intake, limit);
  };
}

/** In the words of InfluxDB 1 (`error`) and 2 (`code`, `message`, `line`), whose clients look for them. */
function refusal({ problems, badLines, lines }: LineReader, intake: Intake, limit: LimitError | undefined): Problem {
  const last = problems.at(-1);
  intake.refuse(limit ? 'series-limit' : 'bad-line', last?.problem ?? '', last?.text ?? '', badLines);
  if (limit) return limit;
  const told = problems.slice(0, 5).map(({ line, column, problem }) => `line ${line}, column ${column}: ${problem}`);
  const detail = `partial write: ${badLines} of ${lines} lines were left out, the others are stored: ${told.join('; ')}`;
  const first = problems[0]?.line ?? 0;
  return new Problem(400, 'bad-request', detail, { extra: { error: detail, code: 'invalid', message: detail, line: first, problems } });
}
