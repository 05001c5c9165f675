#!/usr/bin/env node
// Looks for what no test has thought of:
//
//   npm run fuzz -- promql [--minutes 60] [--seed N]   random data and queries, each answer held against the installed Prometheus;
//                                                      ends with 'N queries, M differences'
//   npm run fuzz -- parsers [--minutes 10] [WORD]      every property of every parser (of those whose path has the word), each for so
//                                                      long; ends with 'N parsers, M failures'
//
// Ends with 1 where it found something.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { install, root, tool } from './prepare.mjs';

const FUZZERS = { promql: queries, parsers };
const [kind, ...rest] = process.argv.slice(2);
const fuzzer = Object.hasOwn(FUZZERS, kind ?? '') ? FUZZERS[kind] : undefined;
if (fuzzer === undefined) {
  console.error(`Usage: npm run fuzz -- ${Object.keys(FUZZERS).join('|')} [--minutes N]`);
  process.exit(2);
}
install();
process.exitCode = fuzzer(rest);

function queries(args) {
  const program = 'test/conformance/differential/main.ts';
  return spawnSync(process.execPath, ['--import', './bench/typescript.mjs', program, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/** The test files that try for as long as NINES_FUZZ_MINUTES says, one after the other. */
function parsers(args) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { minutes: { type: 'string', default: '10' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    console.error('Usage: npm run fuzz -- parsers [--minutes 10] [WORD]');
    return 2;
  }
  const files = listTests(path.join(root, 'src'));
  return runAll(
    files.filter((file) => positionals.every((word) => file.includes(word))),
    minutes,
  );
}

function runAll(files, minutes) {
  let failures = 0;
  for (const file of files) {
    const began = Date.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [tool('vitest'), 'run', '--project', 'parts', file], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NINES_FUZZ_MINUTES: String(minutes) },
      maxBuffer: 1 << 26,
    });
    if (status !== 0) failures++;
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${file} (${((Date.now() - began) / 60_000).toFixed(1)} min)`);
    if (status !== 0) console.log(`${stdout}${stderr}`);
  }
  console.log(`${files.length} parsers, ${failures} failures`);
  return failures === 0 ? 0 : 1;
}

/** Those that use test/harness/fuzz.ts. */
function listTests(folder) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && fs.readFileSync(path.join(folder, name), 'utf8').includes('/test/harness/fuzz.ts'))
    .map((name) => path.relative(root, path.join(folder, name)))
    .sort();
}
