// What runs vitest for `npm test` and `npm run campaign`, and counts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, tool } from './prepare.mjs';

/** Runs vitest; returns the results by file, or nothing where it could not run. */
export function runTests(args, env = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-test-'));
  const report = path.join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    [tool('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    { cwd: root, stdio: 'inherit', env: { UV_THREADPOOL_SIZE: '16', ...process.env, ...env } },
  );
  const files = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')).testResults : undefined;
  fs.rmSync(folder, { recursive: true });
  return { status, files: files?.map((file) => ({ ...file, name: path.relative(root, file.name) })) };
}

/** How many tests passed and failed, the names of those that were skipped, and which files could not run at all. */
export function count(files) {
  const tests = files.flatMap(({ name, assertionResults }) => assertionResults.map((one) => ({ ...one, file: name })));
  return {
    passed: tests.filter((one) => one.status === 'passed').length,
    broken: tests.filter((one) => one.status === 'failed').length,
    skipped: tests.filter((one) => one.status !== 'passed' && one.status !== 'failed').map((one) => `${one.file}: ${one.fullName}`),
    complaints: files
      .filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'))
      .map(({ name, message }) => `${name} could not run: ${message.split('\n')[0]}`),
  };
}
