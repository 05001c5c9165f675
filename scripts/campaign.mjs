#!/usr/bin/env node
// Does again and again, for hours, what `npm test` does a few times:
//
//   npm run campaign                 every campaign of test/harness/campaigns.mjs, one after the other
//   npm run campaign -- kill pair    some of them
//   npm run campaign -- --share      the share that CI does, some eight minutes
//
// Ends with 'N passed, M failed, K skipped', and with 1 where one failed.
import { parseArgs } from 'node:util';
import { CAMPAIGNS } from '../test/harness/campaigns.mjs';
import { prepare } from './prepare.mjs';
import { count, runTests } from './run-tests.mjs';

const { values, positionals: names } = parseArgs({ allowPositionals: true, options: { share: { type: 'boolean', default: false } } });
const unknown = names.find((name) => !Object.hasOwn(CAMPAIGNS, name));
if (unknown !== undefined) {
  console.error(`There is no campaign '${unknown}'. There are ${Object.keys(CAMPAIGNS).join(', ')}.`);
  process.exit(2);
}
prepare();

const size = values.share ? 'share' : 'whole';
const chosen = Object.entries(CAMPAIGNS).filter(([name, one]) => one[size] !== undefined && (names.length === 0 || names.includes(name)));
let [passed, failed, skipped] = [0, 0, 0];
const lines = [];
for (const [name, campaign] of chosen) {
  const began = Date.now();
  const { status, files = [] } = runTests([campaign.file], { NINES_CAMPAIGN: size });
  const counted = count(files);
  const complaints = [...counted.complaints];
  if (files.length !== 1) complaints.push(`${files.length} test files end in ${campaign.file}, and not one.`);
  else if (status !== 0 && counted.broken + complaints.length === 0) complaints.push(`vitest ended with ${status}.`);
  passed += counted.passed;
  failed += counted.broken + complaints.length;
  skipped += counted.skipped.length;
  const word = counted.broken + complaints.length > 0 ? 'FAIL' : counted.passed === 0 ? 'none' : 'ok  ';
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  lines.push(
    `${word} ${name}: ${campaign[size]} ${campaign.rounds} (${minutes} min)`,
    ...complaints,
    ...counted.skipped.map((one) => `skipped: ${one}`),
  );
}
for (const line of lines) console.log(line);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
