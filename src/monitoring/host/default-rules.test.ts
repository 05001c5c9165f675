import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_RULES_YAML } from './default-rules.yaml.ts';

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

const rules = (parse(DEFAULT_RULES_YAML) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const fill = (text: string): string =>
  text.replaceAll(
    /\{\{ \$labels\.(\w+) \}\}/g,
    (_, label: string) => ({ instance: 'web-1.example:9100', probe: 'checkout-home' })[label] ?? label,
  );

test('there are rules, each by its own name', () => {
  expect(rules.length).toBeGreaterThan(8);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test.each(rules)('$alert: a summary for a subject, a description, a severity', ({ labels, annotations }) => {
  expect(['critical', 'today']).toContain(labels.severity);
  expect(fill(annotations.summary).length).toBeLessThanOrEqual(50);
  expect(annotations.summary).toMatch(/^(Check|Free|Delete|Relieve|Renew) /);
  expect(annotations.description.length).toBeGreaterThan(80);
});

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

test.skipIf(!hasPromtool)('promtool takes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-rules-'));
  try {
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, DEFAULT_RULES_YAML);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect({ status, output: `${stdout}${stderr}` }).toEqual({ status: 0, output: expect.stringContaining(`${rules.length} rules found`) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
