/** OpenMetrics' own tests of parsers, as `npm run conformance -- openmetrics DIR` runs them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runFolder } from '../../src/monitoring/scrape/conformance/main.ts';

const folder = fileURLToPath(new URL('../../../shared/conformance/openmetrics', import.meta.url));

test.skipIf(!existsSync(folder))('every exposition of OpenMetrics is read or refused as its test says', async () => {
  const lines: string[] = [];
  const status = await runFolder(folder, (line) => void lines.push(line));
  expect(lines.slice(0, -1)).toEqual([]);
  expect(status).toBe(0);
});
