// The import order, by dependency-cruiser (of the web, whose .tsx it can't read, web/test/imports.test.ts takes care). It passes when it can read nothing at all, so that counts as a failure here.
//
//   node scripts/check-imports.mjs [--root DIR]     another tree by the same rules: how the rules are tested
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root as ownRoot, tool } from './prepare.mjs';

const root = process.argv[2] === '--root' ? path.resolve(process.argv[3] ?? '') : ownRoot;

const folders = ['src', 'cli', 'examples'].filter((folder) => fs.existsSync(path.join(root, folder)));
const FEWEST_MODULES = 3;
const { stdout, stderr, status } = spawnSync(
  process.execPath,
  [tool('depcruise'), '--config', path.join(ownRoot, '.dependency-cruiser.cjs'), '--output-type', 'json', ...folders],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  },
);
if (!stdout) {
  console.error(`dependency-cruiser told nothing (exit ${status}): ${stderr}`);
  process.exit(1);
}
const { summary } = JSON.parse(stdout);
for (const { rule, from, to } of summary.violations) console.log(`${rule.name}: ${from} imports ${to}`);
if (summary.totalCruised < FEWEST_MODULES || summary.totalDependenciesCruised === 0) {
  console.error(
    `only ${summary.totalCruised} modules and ${summary.totalDependenciesCruised} imports were read: the tool can't read the sources`,
  );
  process.exit(1);
}
console.log(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations`);
process.exit(summary.violations.length === 0 ? 0 : 1);
