/**
 * Does work with a signal that aborts with `signal`, or after `ms` with a TimeoutError. It is what
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])` should be: in Node 20 nothing holds that timeout, so that it may be
 * collected as garbage and never fire.
 */
export async function withinTime<T>(signal: AbortSignal, ms: number, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException(`not done within ${ms / 1000} s`, 'TimeoutError')), ms);
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}
