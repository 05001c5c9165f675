import type { BacktestAnswer, BacktestRequest } from '../../../../src/alerting/backtest/contract.ts';
import { API } from '../../api/query.ts';

/** Asks for a backtest, which may take minutes: its answer comes in lines, of progress and then of the result. Ends with `signal`. */
export async function askBacktest(body: BacktestRequest, progress: (done: number) => void, signal: AbortSignal): Promise<BacktestAnswer> {
  const response = await fetch(`${API}/backtest`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || response.body === null) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new Error(problem.detail ?? `nines answered ${response.status} ${response.statusText}`.trim());
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value = '' } = await reader.read();
    const lines = (rest + value).split('\n');
    // The last line is whole only at the end.
    rest = done ? '' : (lines.pop() ?? '');
    for (const line of lines.filter((one) => one !== '')) {
      const said = JSON.parse(line) as { progress?: number; answer?: BacktestAnswer; error?: string };
      if (said.progress !== undefined) progress(said.progress);
      if (said.error !== undefined) throw new Error(said.error);
      if (said.answer !== undefined) return said.answer;
    }
    if (done) throw new Error('The answer ended before it was whole. Try again, with a shorter time.');
  }
}
