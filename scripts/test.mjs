// `npm test`: installs, builds, runs the whole suite, names what was skipped, and ends with 'N passed, M failed, K skipped'.
// Arguments go to vitest: `npm test -- src/oncall`. With CI set, fewer tests than test/floor.txt or a skipped test is a failure, but
// for tests of other projects' data where that is not at hand: it is not ours to bring along.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepare, root, tool } from './prepare.mjs';

const filters = process.argv.slice(2);
prepare();
const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'nines-test-')), 'report.json');
const { status } = spawnSync(
  process.execPath,
  [tool('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  { cwd: root, stdio: 'inherit', env: { UV_THREADPOOL_SIZE: '16', ...process.env } },
);
if (!fs.existsSync(report)) {
  console.log('The tests did not run.');
  process.exit(status || 1);
}
const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(fs.readFileSync(report, 'utf8'));
fs.rmSync(path.dirname(report), { recursive: true });

const skipped = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter((one) => one.status !== 'passed' && one.status !== 'failed')
    .map((one) => `${path.relative(root, name)}: ${one.fullName}`),
);
const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'));
const complaints = brokenFiles.map(({ name, message }) => `${path.relative(root, name)} could not run: ${message.split('\n')[0]}`);
for (const one of skipped) console.log(`skipped: ${one}`);
if (process.env.CI && filters.length === 0) {
  const withData = fs.existsSync(path.join(root, '../shared/conformance'));
  const wanting = skipped.filter((one) => withData || !one.startsWith('test/conformance/'));
  if (wanting.length > 0)
    complaints.push(`In CI nothing is skipped, and ${wanting.length} tests were: .ci/run must install what they need.`);
  const floor = Number(fs.readFileSync(path.join(root, 'test/floor.txt'), 'utf8'));
  if (numPassedTests < floor) complaints.push(`Only ${numPassedTests} tests passed; test/floor.txt says at least ${floor}.`);
}
for (const complaint of complaints) console.log(complaint);
const failed = numFailedTests + complaints.length;
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`);
process.exit(failed === 0 && status === 0 ? 0 : 1);
