// `npm test`: installs, builds, runs the whole suite, names what was skipped, and ends with 'N passed, M failed, K skipped'.
// Arguments go to vitest: `npm test -- src/oncall`. With CI set, fewer tests than test/floor.txt or a skipped test is a failure, but
// for tests of other projects' data where that is not at hand: it is not ours to bring along. Where at most three files failed
// there, they are run again, alone: on a busy machine a test with a real clock can be late. What passes only then is named as such.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepare, root, tool } from './prepare.mjs';

const AGAIN_AT_MOST = 3;
const filters = process.argv.slice(2);
prepare();

/** Runs vitest; returns the results by file, or nothing where it could not run. */
function runTests(args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-test-'));
  const report = path.join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    [tool('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    { cwd: root, stdio: 'inherit', env: { UV_THREADPOOL_SIZE: '16', ...process.env } },
  );
  const files = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')).testResults : undefined;
  fs.rmSync(folder, { recursive: true });
  return { status, files: files?.map((file) => ({ ...file, name: path.relative(root, file.name) })) };
}

const first = runTests(filters);
if (!first.files) {
  console.log('The tests did not run.');
  process.exit(first.status || 1);
}
let { status, files } = first;
const failing = files.filter((file) => file.status === 'failed');
const whole = Boolean(process.env.CI) && filters.length === 0;
if (whole && failing.length > 0 && failing.length <= AGAIN_AT_MOST) {
  const again = runTests(failing.map(({ name }) => name));
  for (const file of again.files ?? []) if (file.status === 'passed') console.log(`passed only when run again, alone: ${file.name}`);
  if (again.files?.length === failing.length) {
    status = again.status;
    files = files.map((file) => again.files.find(({ name }) => name === file.name) ?? file);
  }
}

const tests = files.flatMap(({ name, assertionResults }) => assertionResults.map((one) => ({ ...one, file: name })));
const passed = tests.filter((one) => one.status === 'passed').length;
const broken = tests.filter((one) => one.status === 'failed').length;
const skipped = tests.filter((one) => one.status !== 'passed' && one.status !== 'failed').map((one) => `${one.file}: ${one.fullName}`);
const complaints = files
  .filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'))
  .map(({ name, message }) => `${name} could not run: ${message.split('\n')[0]}`);
for (const one of skipped) console.log(`skipped: ${one}`);
if (whole) {
  const withData = fs.existsSync(path.join(root, '../shared/conformance'));
  const wanting = skipped.filter((one) => withData || !one.startsWith('test/conformance/'));
  if (wanting.length > 0)
    complaints.push(`In CI nothing is skipped, and ${wanting.length} tests were: .ci/run must install what they need.`);
  const floor = Number(fs.readFileSync(path.join(root, 'test/floor.txt'), 'utf8'));
  if (passed < floor) complaints.push(`Only ${passed} tests passed; test/floor.txt says at least ${floor}.`);
}
for (const complaint of complaints) console.log(complaint);
const failed = broken + complaints.length;
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 && status === 0 ? 0 : 1);
