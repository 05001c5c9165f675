import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../exposition-body.ts';
import { createOpenMetricsReader } from '../openmetrics.ts';

/**
 * Reads every folder with a `metrics` and a `test.json` (`{"shouldParse": true}`), as OpenMetrics keeps its tests. Prints each
 * failure, and 'N passed, M failed' last. Resolves with the process' exit code: 0 where nothing failed and something ran.
 */
export async function runFolder(folder: string, print: (line: string) => void = console.log): Promise<number> {
  let [passed, failed] = [0, 0];
  const cases = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'test.json')));
  for (const name of cases.sort()) {
    const { shouldParse, file = 'metrics' } = JSON.parse(readFileSync(join(folder, name, 'test.json'), 'utf8')) as {
      shouldParse: boolean;
      file?: string;
    };
    const problem = problemOf(readFileSync(join(folder, name, file)));
    if ((problem === undefined) === shouldParse) passed += 1;
    else {
      failed += 1;
      print(`FAILED ${name}: ${problem ?? 'was read, though it must be refused'}`);
    }
  }
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function problemOf(body: Buffer): string | undefined {
  try {
    createOpenMetricsReader({ resolve: () => undefined, sample: () => {} }).read(decode(body));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
