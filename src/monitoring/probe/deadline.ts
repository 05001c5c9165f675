/**
 * One time limit over many steps, on the machine's own time: what the network takes is real, also where a test
 * or a drill moves the clock. `race` rejects with the reason as soon as the limit is reached, whatever the step does.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  race<T>(step: Promise<T>): Promise<T>;
  /** Call when all is done: stops the timer. */
  release(): void;
}

/** @param reason asked for at the moment when the time is up */
export function startDeadline(ms: number, reason: () => string, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(reason())), ms);
  const stop = (): void => controller.abort(new Error('stopped'));
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  const { signal } = controller;
  return {
    signal,
    race: (step) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason as Error);
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, { once: true });
        const done = (): void => signal.removeEventListener('abort', abort);
        step.then(resolve, reject).finally(done);
      }),
    release: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    },
  };
}
