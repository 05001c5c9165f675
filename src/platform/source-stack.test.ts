import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { sourceStack } from './source-stack.ts';

test('a stack trace names the place in the source, and goes on to where the map can be read no more', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-source-stack-'));
  fs.writeFileSync(
    path.join(folder, 'fail.ts'),
    'export interface Nothing {}\n\nexport function fail(): never {\n  throw new Error("here");\n}\n',
  );
  fs.writeFileSync(path.join(folder, 'main.ts'), "import { fail } from './fail.ts';\nexport const run = (): string => fail();\n");
  const bundle = await rolldown({ cwd: folder, input: './main.ts', platform: 'node' });
  await bundle.write({ dir: path.join(folder, 'out'), sourcemap: true, sourcemapExcludeSources: true });
  await bundle.close();
  const built = pathToFileURL(path.join(folder, 'out', 'main.js')).href;
  // In a process of its own: here traces are mapped already.
  const script = `import(${JSON.stringify(built)}).then(({ run }) => run()).catch((error) => process.stdout.write(error.stack))`;
  const stack = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stack).toContain(`${built}:`);
  const told = sourceStack(stack);
  expect(told).toContain(`Error: here\n    at fail (${pathToFileURL(path.join(folder, 'fail.ts')).href}:4:`);
  expect(told).toContain(`${pathToFileURL(path.join(folder, 'main.ts')).href}:2:`);
  fs.rmSync(path.join(folder, 'out'), { recursive: true });
  expect(sourceStack(stack)).toBe(told);
  const strange = 'Error: x\n    at y (file:///nowhere/z.js:1:2)\n    at node:internal/main:3:4';
  expect(sourceStack(strange)).toBe(strange);
  fs.rmSync(folder, { recursive: true });
});
