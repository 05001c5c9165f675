import { Readable } from 'node:stream';
import { reply, type Route, route } from '../../platform/http/index.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import { answerBacktest, type BacktestDeps } from './backtest-answer.ts';
import { backtestAnswer, backtestRequest } from './contract.ts';

/** Side by side in a process: each reads much of the past. */
const MOST_AT_A_TIME = 2;
/** The longest that one may take. */
const TIMEOUT_MS = 300_000;
/** Lines of progress come no closer than this. */
const PROGRESS_MS = 250;

export function backtestRoutes(deps: BacktestDeps): Route[] {
  let running = 0;
  /** Ends with the client, and after its time. @throws LimitError 429 */
  async function run<T>(client: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (running >= MOST_AT_A_TIME) {
      const limit = { limit: MOST_AT_A_TIME, setting: 'backtests at a time', retryAfter: 10 };
      throw new LimitError(429, `${MOST_AT_A_TIME} backtests are running: try again when one of them is done.`, limit);
    }
    running++;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await work(AbortSignal.any([client, timeout]));
    } catch (error) {
      if (!timeout.aborted) throw error;
      throw new LimitError(422, `The backtest took longer than ${TIMEOUT_MS / 1000} s: take a shorter time, or fewer rules.`, {
        limit: TIMEOUT_MS / 1000,
        setting: 'from',
      });
    } finally {
      running--;
    }
  }
  return [
    route({
      method: 'POST',
      path: '/nines/v1/backtest',
      access: 'viewer',
      summary: 'What a rule would have done in the past: when it would have fired, who would have been called, which incidents it would have caught',
      body: backtestRequest,
      bodyLimit: 2 * 2 ** 20,
      response: backtestAnswer,
      async handler({ body, headers, signal }) {
        if (!String(headers['accept'] ?? '').includes('application/x-ndjson'))
          return run(signal, (until) => answerBacktest(deps, body, { signal: until, progress: () => undefined }));
        const lines = new Readable({ read: () => undefined, encoding: 'utf8' });
        const gone = new AbortController();
        // Who reads it may go away at any time: then nobody needs the answer.
        lines.once('close', () => gone.abort(new Error('the client went away')));
        signal.addEventListener('abort', () => gone.abort(signal.reason));
        let told = 0;
        const progress = (done: number): void => {
          const now = performance.now();
          if (now - told < PROGRESS_MS && done < 1) return;
          told = now;
          lines.push(`${JSON.stringify({ progress: Math.round(done * 1000) / 1000 })}\n`);
        };
        const answer = run(gone.signal, (until) => answerBacktest(deps, body, { signal: until, progress }));
        void answer
          .then((found) => lines.push(`${JSON.stringify({ answer: found })}\n`))
          .catch((error: unknown) => lines.push(`${JSON.stringify({ error: wordsOf(error) })}\n`))
          .finally(() => lines.push(null));
        return reply(200, lines, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      },
    }),
  ];
} // prettier-ignore

const wordsOf = (error: unknown): string =>
  error instanceof Problem || error instanceof Error ? error.message : 'It failed without a reason.';
