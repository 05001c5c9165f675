import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const SCRIPT = path.resolve('scripts/check-imports.mjs');

/** Runs the check of the import order on a tree of these files. */
function check(files: Record<string, string>): { ok: boolean; output: string } {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-imports-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--root', root], { encoding: 'utf8' });
    return { ok: status === 0, output: stdout + stderr };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

const GOOD = {
  'src/platform/clock.ts': 'export const now = (): number => 1;\n',
  'src/ledger/index.ts': "export { append } from './append.ts';\n",
  'src/ledger/append.ts': "import { now } from '../platform/clock.ts';\nexport const append = (): number => now();\n",
  'src/alerting/index.ts': "import { append } from '../ledger/index.ts';\nexport const fire = (): number => append();\n",
};

test('a tree in order passes', () => {
  expect(check(GOOD)).toEqual({ ok: true, output: '4 modules, 3 imports, 0 violations\n' });
});

test.each<[string, Record<string, string>, string]>([
  [
    'a module that imports one below it',
    { 'src/ledger/bad.ts': "import { fire } from '../alerting/index.ts';\nexport const x = fire;\n" },
    'ledger-imports-nothing-below: src/ledger/bad.ts imports src/alerting/index.ts',
  ],
  [
    "another module's inside",
    { 'src/alerting/bad.ts': "import { append } from '../ledger/append.ts';\nexport const x = append;\n" },
    'ledger-by-its-front-door: src/alerting/bad.ts imports src/ledger/append.ts',
  ],
  [
    'a room that imports one below it',
    {
      'src/oncall/links/link.ts': 'export const link = 1;\n',
      'src/oncall/shifts/bad.ts': "import { link } from '../links/link.ts';\nexport const x = link;\n",
    },
    'oncall-shifts-imports-no-room-below: src/oncall/shifts/bad.ts imports src/oncall/links/link.ts',
  ],
  [
    'a room that imports one beside it',
    {
      'src/alerting/history/past.ts': 'export const past = 1;\n',
      'src/alerting/review/bad.ts': "import { past } from '../history/past.ts';\nexport const x = past;\n",
    },
    'alerting-history|review-side-by-side: src/alerting/review/bad.ts imports src/alerting/history/past.ts',
  ],
  [
    'a type-only import counts as well',
    { 'src/ledger/bad.ts': "import type { fire } from '../alerting/index.ts';\nexport type X = typeof fire;\n" },
    'ledger-imports-nothing-below',
  ],
  [
    'the command reaches into the server',
    { 'cli/bad.ts': "import { append } from '../src/ledger/index.ts';\nexport const x = append;\n" },
    'cli-talks-http',
  ],
  [
    'a cycle',
    {
      'src/ledger/a.ts': "import { b } from './b.ts';\nexport const a = (): unknown => b;\n",
      'src/ledger/b.ts': "import { a } from './a.ts';\nexport const b = (): unknown => a;\n",
    },
    'no-cycles',
  ],
])('%s is found', (_, planted, expected) => {
  const { ok, output } = check({ ...GOOD, ...planted });
  expect(output).toContain(expected);
  expect(ok).toBe(false);
});

test('a tree in which nothing can be read fails', () => {
  const { ok, output } = check({ 'src/platform/one.txt': 'no code' });
  expect(ok).toBe(false);
  expect(output).toMatch(/can't be read|can't read/);
});
