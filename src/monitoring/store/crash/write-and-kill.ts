import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';

const TYPESCRIPT = new URL('../../../../bench/typescript.mjs', import.meta.url).href;

/** Starts a writer, kills it some time after its first line that begins so, returns the batches that were acknowledged. For tests. */
export async function writeAndKill(writer: string, args: readonly string[], afterMs: number, begins = 'acknowledged'): Promise<number[]> {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, writer, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
  const acknowledged: number[] = [];
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints = (complaints + data.toString()).slice(-5_000)));
  const lines = createInterface({ input: child.stdout });
  const read = once(lines, 'close');
  const exited = once(child, 'exit');
  const begun = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      const [, batch] = /^acknowledged (\d+)$/.exec(line) ?? [];
      if (batch !== undefined) acknowledged.push(Number(batch));
      if (line.startsWith(begins)) resolve();
    });
  });
  await Promise.race([begun, exited]);
  await pause(afterMs);
  child.kill('SIGKILL');
  await Promise.all([exited, read]);
  expect(child.signalCode, `the writer ended by itself (${child.exitCode}): ${complaints}`).toBe('SIGKILL');
  return acknowledged;
}
