// `npm run nines -- …`, `npm start`: the nines command, installed and built where it must be.
import { spawn } from 'node:child_process';
import { LAUNCH } from './launch.mjs';
import { prepare, root } from './prepare.mjs';

/** Runs `nines` with these arguments; signals go to it, and its exit code becomes ours. */
export function nines(args) {
  prepare();
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...LAUNCH.environment, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

if (process.argv[1]?.endsWith('nines.mjs')) nines(process.argv.slice(2));
