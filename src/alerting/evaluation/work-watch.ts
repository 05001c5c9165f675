import type { Clock } from '../../platform/clock.ts';

/** How long a piece of work took, without its pauses. */
export interface WorkWatch {
  /** While it waits for what is not its own doing. */
  pause(): void;
  resume(): void;
  /** Milliseconds that passed. */
  tookMs(): number;
  /** Milliseconds of them in which it can have kept this process busy: on a machine that has other things to do, nothing costs more for that. */
  costMs(): number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/**
 * The system counts over all its threads each time it is asked, which takes a tenth of a millisecond. So it is asked where it makes a difference:
 * what took less than `SMALL_MS` is taken at its word, and longer work may be charged with what was used shortly before it.
 */
const SMALL_MS = 2;
const SHORTLY_MS = 20;
let last = { at: Number.NEGATIVE_INFINITY, cpu: 0 };

function readCpu(): number {
  last = { at: performance.now(), cpu: cpuMs() };
  return last.cpu;
}

const recentCpu = (): number => (performance.now() - last.at < SHORTLY_MS ? last.cpu : readCpu());

export function watchWork(clock: Pick<Clock, 'monotonic'>): WorkWatch {
  let [took, cost] = [0, 0];
  let since: { at: number; cpu: number } | undefined = { at: clock.monotonic(), cpu: recentCpu() };
  const stop = (): void => {
    if (since === undefined) return;
    const passed = clock.monotonic() - since.at;
    took += passed;
    cost += passed < SMALL_MS ? passed : Math.min(passed, readCpu() - since.cpu);
    since = undefined;
  };
  const resume = (): void => void (since ??= { at: clock.monotonic(), cpu: recentCpu() });
  const upTo = <T>(read: () => T): T => {
    const running = since !== undefined;
    stop();
    if (running) resume();
    return read();
  };
  return { pause: stop, resume, tookMs: () => upTo(() => took), costMs: () => upTo(() => cost) };
}
