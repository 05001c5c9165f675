// `npm run demo`: nines beside a URL shortener that you can break.
import { spawn } from 'node:child_process';
import { prepare, root } from './prepare.mjs';

prepare();
const child = spawn(process.execPath, ['--enable-source-maps', 'dist/examples/demo/main.js', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
