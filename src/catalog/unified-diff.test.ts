import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');
const numbered = (count: number, changed: Record<number, string> = {}): string =>
  lines(...Array.from({ length: count }, (_, i) => changed[i + 1] ?? `line ${i + 1}`)); // prettier-ignore

test.each([
  ['nothing', lines('a', 'b'), lines('a', 'b'), ''],
  ['a line changed', lines('a', 'b', 'c'), lines('a', 'x', 'c'), '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
  ['from nothing', '', lines('a', 'b'), '@@ -0,0 +1,2 @@\n+a\n+b\n'],
  ['to nothing', lines('a', 'b'), '', '@@ -1,2 +0,0 @@\n-a\n-b\n'],
  ['added at the end', lines('a'), lines('a', 'b'), '@@ -1,1 +1,2 @@\n a\n+b\n'],
  ['far apart: two hunks', numbered(20), numbered(20, { 2: 'x', 18: 'y' }),
    '@@ -1,5 +1,5 @@\n line 1\n-line 2\n+x\n line 3\n line 4\n line 5\n@@ -15,6 +15,6 @@\n line 15\n line 16\n line 17\n-line 18\n+y\n line 19\n line 20\n'],
  ['near: one hunk', numbered(9), numbered(9, { 2: 'x', 8: 'y' }),
    '@@ -1,9 +1,9 @@\n line 1\n-line 2\n+x\n line 3\n line 4\n line 5\n line 6\n line 7\n-line 8\n+y\n line 9\n'],
])('%s', (_, before, after, diff) => expect(unifiedDiff(before, after)).toBe(diff)); // prettier-ignore

test('git apply makes the one text of the other with it', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-diff-'));
  try {
    const text = array(constantFrom('a', 'b', 'c', 'd: 1', '  e'), { maxLength: 30 }).map((all) => lines(...all));
    const applies = property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after);
      if (before === after) return expect(diff).toBe('');
      fs.writeFileSync(path.join(folder, 'file'), before);
      fs.writeFileSync(path.join(folder, 'diff'), `--- file\n+++ file\n${diff}`);
      execFileSync('git', ['apply', '--unidiff-zero', 'diff'], { cwd: folder, env: { ...process.env, GIT_CEILING_DIRECTORIES: folder } });
      expect(fs.existsSync(path.join(folder, 'file')) ? fs.readFileSync(path.join(folder, 'file'), 'utf8') : '').toBe(after);
    });
    assert(applies, { numRuns: 40, seed: 7 });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
