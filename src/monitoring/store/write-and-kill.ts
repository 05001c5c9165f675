import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';

const TYPESCRIPT = new URL('../../../bench/typescript.mjs', import.meta.url).href;

/** Starts a writer, kills it some time after its first acknowledgement, returns the batches that were acknowledged. For tests. */
export async function writeAndKill(writer: string, args: readonly string[], afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, writer, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  const read = once(lines, 'close');
  const exited = once(child, 'exit');
  lines.on('line', (line) => acknowledged.push(Number(/^acknowledged (\d+)$/.exec(line)?.[1])));
  await Promise.race([once(lines, 'line'), exited]);
  await pause(afterMs);
  child.kill('SIGKILL');
  await Promise.all([exited, read]);
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}
