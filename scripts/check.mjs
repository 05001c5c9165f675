// `npm run check`: everything that can be told without running nines, one line a check, all of them even when one fails.
import { spawnSync } from 'node:child_process';
import { install, root, tool } from './prepare.mjs';

install();
/** Only what changed since the last check is looked at again. */
const remembered = (name) => ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/nines/${name}.tsbuildinfo`];
/** Name, tool, arguments. @type {[string, string, string[]][]} */
const checks = [
  ['types', 'tsc', ['-p', 'tsconfig.json', ...remembered('server')]],
  ['types of the web', 'tsc', ['-p', 'web/tsconfig.json', ...remembered('web')]],
  ['lint', 'oxlint', ['--quiet']],
  ['format', 'oxfmt', ['--check', '.']],
  ['import order', process.execPath, ['scripts/check-imports.mjs']],
  ['unused code', 'knip', []],
  ['lock file', process.execPath, ['scripts/complete-lock.mjs', '--check']],
  ['code made of text', process.execPath, ['scripts/make-wasm.mjs', '--check']],
  ['reference', process.execPath, ['scripts/reference.mjs', '--check']],
];
let failed = 0;
for (const [name, command, args] of checks) {
  const began = Date.now();
  const isNode = command === process.execPath;
  const { status, stdout, stderr } = spawnSync(process.execPath, isNode ? args : [tool(command), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const ok = status === 0;
  if (!ok) failed++;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (!ok) console.log(`${stdout}${stderr}`.replace(/^/gm, '     '));
}
console.log(failed === 0 ? 'Everything is in order.' : `${failed} of ${checks.length} checks failed.`);
process.exit(failed === 0 ? 0 : 1);
