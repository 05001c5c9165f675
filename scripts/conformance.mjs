#!/usr/bin/env node
// Holds nines against other projects' test data:
//
//   npm run conformance -- promql DIR    every promqltest file (.test) of a folder; ends with 'N passed, M failed'
//   npm run conformance -- rules DIR     every rule file (.yaml) of a folder: those with .bad. in their name must be refused
//   npm run conformance -- openmetrics DIR  every folder with a metrics and a test.json
//
// The runners are read from the source.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { install } from './prepare.mjs';

const RUNNERS = {
  rules: '../src/alerting/rules/conformance/main.ts',
  openmetrics: '../src/monitoring/scrape/conformance/main.ts',
  promql: '../src/monitoring/promql/conformance/main.ts',
};
const [kind, folder, ...rest] = process.argv.slice(2);
const runner = RUNNERS[kind];

if (runner === undefined || folder === undefined || rest.length > 0) {
  console.error(`Usage: npm run conformance -- ${Object.keys(RUNNERS).join('|')} DIR`);
  process.exit(2);
}
const path = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
if (!existsSync(path)) {
  console.error(`There is no folder ${path}. Give the one that holds the test files.`);
  process.exit(2);
}
install();
await import('../bench/typescript.mjs');
const { runFolder } = await import(runner);
process.exitCode = await runFolder(path);
