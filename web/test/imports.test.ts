import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const web = join(root, 'web/src');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** What the text of a file imports from other files. */
function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']*)'|import\(\s*'(\.[^']*)'\s*\)/gm);
  return [...found].map(([, type, fixed, lazy]) => ({
    from: file,
    to: relative(root, resolve(root, dirname(file), fixed ?? lazy ?? '')),
    typeOnly: type !== undefined,
  }));
}

/** Why an import may not be; undefined when it may. */
function problemOf({ from, to, typeOnly }: Import): string | undefined {
  const server = /^(src|cli|examples)\//.test(to);
  if (server && !to.endsWith('/contract.ts')) return `${from} imports ${to}: of the server only contracts`;
  if (server && !typeOnly) return `${from} imports the code of ${to}: types only, or zod comes along`;
  if (from.startsWith('web/src/ui/') && !to.startsWith('web/src/ui/')) return `${from} imports ${to}: ui/ knows no domain word`;
  return undefined;
}

test('the UI imports of the server only the types of contracts, and ui/ imports only ui/', () => {
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
  const imports = files.flatMap((name) => importsOf(join('web/src', name), readFileSync(join(web, name), 'utf8')));
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
});

test.each([
  ['web/src/ui/a.tsx', "import { x } from '../api/http.ts';"],
  ['web/src/api/a.ts', "import type { X } from '../../../src/oncall/pages/page.ts';"],
  ['web/src/api/a.ts', "import { x } from '../../../src/oncall/contract.ts';"],
  ['web/src/api/a.ts', "import {\n  x,\n} from '../../../src/oncall/contract.ts';"],
  ['web/src/app/a.ts', "const page = () => import('../../../src/app/index.ts');"],
])('a planted violation is found: %s %s', (file, text) => {
  expect(importsOf(file, text).map(problemOf)).toEqual([expect.any(String)]);
});
