import type { Clock } from '../platform/clock.ts';

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

export function watchWork(clock: Pick<Clock, 'monotonic'>): WorkWatch {
  let [took, cost] = [0, 0];
  let since: { at: number; cpu: number } | undefined = { at: clock.monotonic(), cpu: cpuMs() };
  const stop = (): void => {
    if (since === undefined) return;
    const passed = clock.monotonic() - since.at;
    took += passed;
    cost += Math.min(passed, cpuMs() - since.cpu);
    since = undefined;
  };
  const resume = (): void => void (since ??= { at: clock.monotonic(), cpu: cpuMs() });
  const upTo = <T>(read: () => T): T => {
    const running = since !== undefined;
    stop();
    if (running) resume();
    return read();
  };
  return { pause: stop, resume, tookMs: () => upTo(() => took), costMs: () => upTo(() => cost) };
}
