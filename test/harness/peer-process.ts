import { spawn, spawnSync } from 'node:child_process';

/** Whether this machine has the program. */
export const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

export interface Peer extends AsyncDisposable {
  readonly pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
  output(): string;
}

/** A real program beside nines, ended by its pid. Resolves once `ready` answers true. */
export async function startPeer(program: string, args: readonly string[], ready: () => Promise<boolean>): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  const deadline = performance.now() + 20_000;
  while (!(await ready().catch(() => false))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop('SIGKILL');
      throw new Error(`${program} did not become ready: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { pid: child.pid ?? 0, stop, output: () => output, [Symbol.asyncDispose]: () => stop('SIGKILL') };
}
