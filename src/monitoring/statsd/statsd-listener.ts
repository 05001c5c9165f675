import type { Clock } from '../../platform/clock.ts';
import { LimitError } from '../../platform/problem.ts';
import { createSenderSinks, opening, type IntakeBook } from '../intakes/index.ts';
import type { LabelLimits } from '../label-limits.ts';
import type { Listener } from '../listener.ts';
import { writeStale, type Labels, type SinkFor } from '../series.ts';
import type { FlushBatch, StatsdEvent } from './flush-batch.ts';
import { runServer, type RunningServer } from './run-server.ts';
import { DEFAULT_STATSD_SETTINGS, type StatsdSettings } from './settings.ts';

export interface StatsdOptions {
  readonly port: number | false;
  readonly host: string | undefined;
  readonly settings: Partial<StatsdSettings>;
  readonly sinkFor: SinkFor;
  readonly book: IntakeBook;
  readonly clock: Clock;
  readonly limits: LabelLimits;
  /** Milliseconds. */
  readonly retention: number;
  /** Events of DogStatsD. */
  readonly onEvents?: ((events: readonly StatsdEvent[]) => Promise<void>) | undefined;
  readonly thread?: boolean;
}

const RESTART_MS = 1000;

/** The port of StatsD, UDP and TCP. */
export function createStatsdListener(options: StatsdOptions): Listener | undefined {
  const { port, host, sinkFor, book, clock, limits, retention, onEvents } = options;
  const intake = book.intake('statsd', port === false ? undefined : port);
  if (port === false) {
    intake.closed('listen.statsd is false');
    return undefined;
  }
  const sink = sinkFor({ protocol: 'statsd', name: '' });
  const sinkOf = createSenderSinks(sinkFor, 'statsd');
  const settings = { ...DEFAULT_STATSD_SETTINGS, ...options.settings, limits, retention, host, port };
  /** By the server's number of a series. */
  let series: (Series | undefined)[] = [];
  let server: RunningServer | undefined;
  let stopped = false;
  let turn = Promise.resolve();

  async function store(batch: FlushBatch): Promise<void> {
    for (const [slot, labels, sender] of batch.defined) series[slot] = { labels, sender, id: 0 };
    if (batch.metadata.length > 0) sink.describe(batch.metadata);
    for (const { reason, detail, example, count } of batch.refused) intake.refuse(reason, detail, example, count);
    intake.lost(batch.lost);
    if (batch.events.length > 0) await onEvents?.(batch.events).catch((error: unknown) => notStored(batch.events.length, error));
    const columns = resolveAll(batch, series, (error, labels) => intake.refuse('series-limit', error.message, labels['__name__'] ?? ''));
    try {
      if (columns.ids.length > 0) await sink.append(columns);
      intake.took(batch.taken);
    } catch (error) {
      // Counters go on from here, so the next interval tells of these too.
      notStored(columns.ids.length, error);
    }
  }

  function notStored(count: number, error: unknown): void {
    intake.refuse('not-stored', `the store did not take it: ${error instanceof Error ? error.message : String(error)}`, '', count);
  }

  function resolveAll({ slots, times, values }: FlushBatch, known: readonly (Series | undefined)[], full: Full) {
    const ids = new Uint32Array(slots.length);
    const kept = { times: new Float64Array(slots.length), values: new Float64Array(slots.length) };
    let count = 0;
    for (let i = 0; i < slots.length; i++) {
      const one = known[slots[i] as number];
      if (!one) continue;
      try {
        if (one.id === 0) one.id = sinkOf(one.sender).resolve(one.labels);
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        full(error, one.labels);
        continue;
      }
      ids[count] = one.id;
      kept.times[count] = times[i] as number;
      if (Number.isNaN(values[i])) writeStale(kept.values, count);
      else kept.values[count] = values[i] as number;
      count++;
    }
    return { ids: ids.subarray(0, count), times: kept.times.subarray(0, count), values: kept.values.subarray(0, count) };
  }

  async function open(): Promise<number> {
    series = [];
    server = await runServer({
      settings,
      ...(options.thread !== undefined && { thread: options.thread }),
      onBatch: (batch) => void (turn = turn.then(() => store(batch)).catch((error: unknown) => notStored(batch.slots.length, error))),
      onCrash(error) {
        intake.closed(error.message);
        clock.after(RESTART_MS, () => void reopen());
      },
    });
    return server.port;
  }

  async function reopen(): Promise<void> {
    if (stopped) return;
    try {
      await opening(intake, open);
    } catch {
      clock.after(RESTART_MS, () => void reopen());
    }
  }

  return {
    name: 'statsd',
    port,
    start: () => opening(intake, open),
    async stop() {
      stopped = true;
      await server?.stop();
      await turn;
      intake.closed();
    },
  };
}

interface Series {
  readonly labels: Labels;
  readonly sender: string;
  /** 0 until it is known. */
  id: number;
}

type Full = (error: LimitError, labels: Labels) => void;
