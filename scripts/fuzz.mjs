#!/usr/bin/env node
// Looks for what no test has thought of:
//
//   npm run fuzz -- promql [--minutes 60] [--seed N]   random data and queries, each answer held against the installed Prometheus;
//                                                      ends with 'N queries, M differences'
//
// Ends with 1 where it found something.
import { spawnSync } from 'node:child_process';
import { install, root } from './prepare.mjs';

const [kind, ...rest] = process.argv.slice(2);
const FUZZERS = { promql: 'test/conformance/differential/main.ts' };
const program = FUZZERS[kind];

if (program === undefined) {
  console.error(`Usage: npm run fuzz -- ${Object.keys(FUZZERS).join('|')} [--minutes N]`);
  process.exit(2);
}
install();
const { status } = spawnSync(process.execPath, ['--import', './bench/typescript.mjs', program, ...rest], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
