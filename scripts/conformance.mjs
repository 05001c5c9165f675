#!/usr/bin/env node
// Holds nines against other projects' test data:
//
//   npm run conformance -- promql DIR    every promqltest file (.test) of a folder; ends with 'N passed, M failed'
//   npm run conformance -- rules DIR     every rule file (.yaml) of a folder: those with .bad. in their name must be refused
//   npm run conformance -- openmetrics DIR  every folder with a metrics and a test.json
//
// Builds the server first, for the runners are part of it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const RUNNERS = {
  rules: 'dist/src/alerting/rules/conformance/main.js',
  openmetrics: 'dist/src/monitoring/scrape/conformance/main.js',
  promql: 'dist/src/monitoring/promql/conformance/main.js',
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
build();
const { runFolder } = await import(pathToFileURL(join(root, runner)).href);
process.exitCode = await runFolder(path);

function build() {
  const builder = join(root, 'scripts/build.mjs');
  const command = existsSync(builder)
    ? [builder, '--server-only']
    : [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  // A type error elsewhere still leaves code that runs: only a runner that isn't there stops us.
  if (status !== 0 && !existsSync(join(root, runner))) {
    console.error('The build failed.');
    process.exit(1);
  }
}
