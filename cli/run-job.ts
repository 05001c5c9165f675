import { spawn } from 'node:child_process';
import os from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from './context.ts';

/** So much of the end of what the job printed is told, in characters. */
const TAIL = 10_000;
/** nines may be starting anew just then: the end is told again and again, all in all for about four minutes. */
const RETRY_MS = [500, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000];

/**
 * Runs a job as if it had been called itself, with its input, output and exit code, and tells nines how it went. That nines can't be
 * reached never keeps the job from running, nor changes its exit code.
 */
export async function runJob(context: Context, name: string, command: readonly string[]): Promise<number> {
  const { terminal } = context;
  const path = `/nines/v1/heartbeats/${encodeURIComponent(name)}`;
  const started = tell(context, `${path}/start`, '', RETRY_MS.slice(0, 2));
  const { code, output } = await runCommand(command, terminal);
  await started;
  const problem = await tell(context, `${path}/${code}`, output, RETRY_MS);
  if (problem !== undefined) terminal.err(`nines could not be told how ${name} went: ${problem}\n`);
  return code;
}

/** Resolves to what went wrong; undefined where nothing did. A refusal is not tried again, but for one that passes by itself. */
async function tell({ client, terminal }: Context, path: string, output: string, retries: readonly number[]): Promise<string | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      await client.sendText('POST', path, output);
      return undefined;
    } catch (error) {
      const { message, status = 503 } = error as Error & { status?: number };
      const pause = retries[tries];
      const passes = status === 429 || status >= 500;
      if (pause === undefined || !passes || terminal.signal.aborted) return message;
      await wait(pause);
    }
  }
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function runCommand([program = '', ...args]: readonly string[], terminal: Context['terminal']): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
    let tail = '';
    const follow = (stream: Readable, print: (text: string) => void): void => {
      stream.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-TAIL);
        print(text);
      });
    };
    follow(child.stdout, terminal.out);
    follow(child.stderr, terminal.err);
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, pass);
    const end = (code: number, said = tail): void => {
      for (const signal of PASSED_ON) process.off(signal, pass);
      resolve({ code, output: said });
    };
    // As a shell: 127 where there is no such program, 128 and its number for a signal.
    child.once('error', (error) => {
      terminal.err(`${error.message}\n`);
      end((error as NodeJS.ErrnoException).code === 'ENOENT' ? 127 : 126, error.message);
    });
    child.once('close', (code, signal) => end(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])));
  });
}
