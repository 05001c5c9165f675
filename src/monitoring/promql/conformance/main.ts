import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runTestFile, type CaseResult } from './run.ts';

/**
 * Runs every `.test` file of a folder; prints each failure, the skipped ones by name, and 'N passed, M failed' last.
 * Resolves with the process' exit code: 0 where nothing failed and something ran.
 */
export async function runFolder(folder: string, print: (line: string) => void = console.log): Promise<number> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.test'))
    .sort();
  const results: CaseResult[] = [];
  for (const file of files) results.push(...(await runTestFile(basename(file), readFileSync(join(folder, file), 'utf8'))));
  const of = (outcome: CaseResult['outcome']): CaseResult[] => results.filter((result) => result.outcome === outcome);
  for (const { place, query, detail } of of('failed')) print(`FAILED ${place}  ${query.slice(0, 300)}\n${detail}`);
  for (const { place, query, detail } of of('skipped')) print(`skipped (${detail}) ${place}  ${query.slice(0, 120)}`);
  const skipped = of('skipped').length;
  print(`${of('passed').length} passed, ${of('failed').length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return of('failed').length === 0 && of('passed').length > 0 ? 0 : 1;
}
