import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runFolder } from '../../src/monitoring/promql/conformance/main.ts';

const ours = fileURLToPath(new URL('promql', import.meta.url));
const shared = fileURLToPath(new URL('../../../shared/conformance/promql', import.meta.url));

async function run(folder: string): Promise<{ code: number; output: string; last: string }> {
  const lines: string[] = [];
  const code = await runFolder(folder, (line) => lines.push(line));
  return { code, output: lines.filter((line) => !line.startsWith('skipped')).join('\n'), last: lines.at(-1)! };
}

test('our own promqltest files pass, every statement', async () => {
  const { code, output, last } = await run(ours);
  expect(output).toBe(last);
  expect(code).toBe(0);
  expect(Number(/^(\d+) passed, 0 failed$/.exec(last)?.[1])).toBeGreaterThan(100);
});

test.skipIf(!existsSync(shared))("Prometheus' own promqltest files pass, every statement", async () => {
  const { code, output, last } = await run(shared);
  expect(output).toBe(last);
  expect(code).toBe(0);
  expect(Number(/^(\d+) passed, 0 failed$/.exec(last)?.[1])).toBeGreaterThan(410);
});
