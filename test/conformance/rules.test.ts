import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runFolder } from '../../src/alerting/rules/conformance/main.ts';

const shared = fileURLToPath(new URL('../../../shared/conformance/prometheus-rules', import.meta.url));

test.skipIf(!existsSync(shared))("Prometheus' own rule files are taken, and its bad ones refused", async () => {
  const lines: string[] = [];
  const code = await runFolder(shared, (line) => lines.push(line));
  expect(lines).toEqual([expect.stringMatching(/^\d+ passed, 0 failed$/)]);
  expect(code).toBe(0);
});
