import { execFile } from 'node:child_process';
import path from 'node:path';
import { TOKEN, type NinesProcess } from './nines-process.ts';

/** Runs the built command as a person does, in the process' folder and asking it; what it printed on either stream. */
export function execNines(nines: NinesProcess, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NINES_URL: nines.url, NINES_TOKEN: TOKEN, UV_THREADPOOL_SIZE: '16' };
    execFile(process.execPath, [path.resolve('dist/cli/main.js'), ...args], { cwd: nines.directory, env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, text: code === 0 ? stdout : stdout + stderr });
    });
  });
}
