import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from '../../src/platform/package-root.ts';

/** The programs of the demo, as children of this process. Each one's output goes to a file of its own. */
export interface Processes {
  start(name: string, program: string, args: readonly string[], env?: Record<string, string>): void;
  /** `SIGKILL` is a crash. Resolves when it is gone. */
  stop(name: string, signal?: NodeJS.Signals): Promise<void>;
  isRunning(name: string): boolean;
  /** Throws a sentence for the terminal, with what it said last, where it has ended though nobody stopped it. */
  expectRunning(name: string): void;
  stopAll(): Promise<void>;
  /** Without asking. */
  killAll(): void;
}

/** The folder of the built programs. */
const built = path.join(PACKAGE_ROOT, 'dist');
const TIED = pathToFileURL(path.join(built, 'examples/demo/tied.js')).href;
const PATIENCE_MS = 8_000;

export function createProcesses(logDirectory: string): Processes {
  fs.mkdirSync(logDirectory, { recursive: true });
  const children = new Map<string, ChildProcess>();
  const logOf = (name: string): string => path.join(logDirectory, `${name}.log`);

  return {
    start(name, program, args, env = {}) {
      // Each run's own, so that what is shown of it is never of the run before.
      const output = fs.openSync(logOf(name), 'w');
      const child = spawn(process.execPath, ['--enable-source-maps', '--import', TIED, path.join(built, program), ...args], {
        // The channel is there to be cut: see tied.ts.
        stdio: ['ignore', output, output, 'ipc'],
        env: { ...process.env, ...env },
        // Its own process group: Ctrl-C in the terminal is for the demo, which then ends its programs in order.
        detached: true,
      });
      fs.closeSync(output);
      children.set(name, child);
      child.on('error', () => undefined);
      child.on('exit', () => {
        if (children.get(name) === child) children.delete(name);
      });
    },
    async stop(name, signal = 'SIGTERM') {
      const child = children.get(name);
      if (!child) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      const hard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await gone;
      clearTimeout(hard);
    },
    isRunning: (name) => children.has(name),
    expectRunning(name) {
      if (children.has(name)) return;
      const said = lastLines(logOf(name));
      throw new Error(`${name} has ended${said === '' ? '' : `; it said:\n${said}`}\n(all of it: ${logOf(name)})`);
    },
    async stopAll() {
      await Promise.all([...children.keys()].map((name) => this.stop(name)));
    },
    killAll() {
      for (const child of children.values()) child.kill('SIGKILL');
    },
  };
}

function lastLines(file: string): string {
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
  return lines
    .slice(-5)
    .map((line) => `  ${line}`)
    .join('\n')
    .trimEnd();
}
