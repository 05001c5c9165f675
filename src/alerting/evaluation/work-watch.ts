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

/** The system counts over all threads each time it is asked: what one piece of work ended with is what the next one begins with. */
const FRESH_MS = 0.2;
let last = { at: Number.NEGATIVE_INFINITY, cpu: 0 };

function readCpu(): number {
  last = { at: performance.now(), cpu: cpuMs() };
  return last.cpu;
}

const recentCpu = (): number => (performance.now() - last.at < FRESH_MS ? last.cpu : readCpu());

export function watchWork(clock: Pick<Clock, 'monotonic'>): WorkWatch {
  let [took, cost] = [0, 0];
  let since: { at: number; cpu: number } | undefined = { at: clock.monotonic(), cpu: recentCpu() };
  const stop = (): void => {
    if (since === undefined) return;
    const passed = clock.monotonic() - since.at;
    took += passed;
    cost += Math.min(passed, readCpu() - since.cpu);
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
