import fs from 'node:fs/promises';
import path from 'node:path';
import type { RuleTestResult, RuleTestSpec } from '../src/app/index.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { loadRuleTests } from './load-app.ts';
import { count } from './show-problems.ts';
import { cleanLine } from './style.ts';

/** In a folder the tests are those that are named so; a file that is named on the command line may have any name. */
const TEST_FILE = /[._-]tests?\.ya?ml$/i;
/** Together; a rule file itself may have a megabyte. */
const MAX_BYTES = 32 * 2 ** 20;

export interface FileTests {
  readonly file: string;
  readonly results: readonly RuleTestResult[];
}

interface Checked {
  list(kind: string): readonly { readonly file: string | null; readonly spec: unknown }[];
}

/** Runs the unit tests of rules among the checked documents of `place`, a folder or one file. */
export async function runTests(place: string, set: Checked): Promise<FileTests[]> {
  const { kind, runRuleTests } = await loadRuleTests();
  const single = (await fs.stat(place)).isFile();
  const done: FileTests[] = [];
  for (const { file, spec } of set.list(kind)) {
    if (file === null || (!single && !TEST_FILE.test(file))) continue;
    const folder = single ? path.dirname(place) : path.join(place, path.dirname(file));
    done.push({ file, results: await runRuleTests(spec as RuleTestSpec, (patterns) => readRules(folder, patterns)) });
  }
  return done;
}

async function readRules(folder: string, patterns: readonly string[]): Promise<{ file: string; text: string }[]> {
  const files: { file: string; text: string }[] = [];
  let bytes = 0;
  for (const file of (await Promise.all(patterns.map((pattern) => matching(folder, pattern)))).flat()) {
    const { size } = await fs.stat(path.resolve(folder, file));
    bytes += size;
    if (bytes > MAX_BYTES) throw new CliError(`The rule files of ${folder} have more than ${MAX_BYTES} bytes.`);
    files.push({ file, text: await fs.readFile(path.resolve(folder, file), 'utf8') });
  }
  return files;
}

/** Names relative to the tests' folder; `*` and `?` stand for parts of the last one, as in `rules/*.yml`. */
async function matching(folder: string, pattern: string): Promise<string[]> {
  const name = path.basename(pattern);
  if (!/[*?]/.test(name)) return [pattern];
  const parts = name.split(/([*?])/).map((part) => (part === '*' ? '[^/]*' : part === '?' ? '[^/]' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'))); // prettier-ignore
  const fits = new RegExp(`^${parts.join('').replaceAll(/(?:\[\^\/\]\*)+/g, '[^/]*')}$`);
  const directory = path.dirname(pattern);
  const entries = await fs.readdir(path.resolve(folder, directory));
  return entries.filter((entry) => fits.test(entry)).sort().map((entry) => path.join(directory, entry)); // prettier-ignore
}

/** Each failure with what was expected and what came; the tests that passed as a number. */
export function showTests({ say, paint }: Context, tests: readonly FileTests[]): void {
  for (const { file, results } of tests) {
    for (const { test, failures } of results) {
      for (const failure of failures) {
        const [first, ...rest] = failure.split('\n');
        say(`${paint('bold', file)} ${paint('red', `test ${test} failed:`)} ${cleanLine(first!)}`);
        for (const line of rest) say(`    ${cleanLine(line)}`);
      }
    }
  }
  const all = tests.flatMap(({ results }) => results);
  const failed = all.filter(({ failures }) => failures.length > 0).length;
  say(paint(failed === 0 ? 'green' : 'red', `${count(all.length - failed, 'rule test')} passed, ${failed} failed.`));
}

export const failedTests = (tests: readonly FileTests[]): boolean =>
  tests.some(({ results }) => results.some(({ failures }) => failures.length > 0));
