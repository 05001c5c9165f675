import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs of the demo, as children of this process. Each one's output goes to a file of its own. */
export interface Processes {
  start(name: string, program: string, args: readonly string[], env?: Record<string, string>): void;
  /** `SIGKILL` is a crash. Resolves when it is gone. */
  stop(name: string, signal?: NodeJS.Signals): Promise<void>;
  isRunning(name: string): boolean;
  stopAll(): Promise<void>;
}

/** The folder of the built programs: this file is dist/examples/demo/processes.js. */
export const built = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export function createProcesses(logDirectory: string): Processes {
  fs.mkdirSync(logDirectory, { recursive: true });
  const children = new Map<string, ChildProcess>();
  return {
    start(name, program, args, env = {}) {
      const output = fs.openSync(path.join(logDirectory, `${name}.log`), 'a');
      const child = spawn(process.execPath, [path.join(built, program), ...args], {
        stdio: ['ignore', output, output],
        env: { ...process.env, ...env },
      });
      fs.closeSync(output);
      children.set(name, child);
      child.on('exit', () => {
        if (children.get(name) === child) children.delete(name);
      });
    },
    async stop(name, signal = 'SIGTERM') {
      const child = children.get(name);
      if (!child) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      const hard = setTimeout(() => child.kill('SIGKILL'), 8_000);
      await gone;
      clearTimeout(hard);
    },
    isRunning: (name) => children.has(name),
    async stopAll() {
      await Promise.all([...children.keys()].map((name) => this.stop(name)));
    },
  };
}
