// `npm test`: installs, builds, runs the whole suite, names what was skipped, and ends with 'N passed, M failed, K skipped'.
// Arguments go to vitest: `npm test -- src/oncall`. With CI set, fewer tests than test/floor.txt or a skipped test is a failure, but
// for tests of other projects' data where that is not at hand: it is not ours to bring along. Where at most three files failed
// there, they are run again, alone: on a busy machine a test with a real clock can be late. What passes only then is named as such.
import fs from 'node:fs';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';
import { count, runTests } from './run-tests.mjs';

const AGAIN_AT_MOST = 3;
const filters = process.argv.slice(2);
prepare();

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

const { passed, broken, skipped, complaints } = count(files);
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
