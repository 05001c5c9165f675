import { checkDocuments, formatProblem, type SourceFile } from '../../catalog/index.ts';
import { ruleFileKind, rulesOfFile, type RuleFileSpec, type Rule } from '../rules/index.ts';
import { runRuleTest } from './run-rule-test.ts';
import type { RuleTestSpec } from './rule-test-spec.ts';

export interface RuleTestResult {
  /** The test's own name, or its place in the file, from 1. */
  readonly test: string;
  /** What is wrong, each in a few lines; empty where it passed. */
  readonly failures: readonly string[];
}

/** The rules of a group in the order that the tests ask for; other groups follow in the order of the files. */
function ordered(files: readonly { file: string; spec: RuleFileSpec }[], order: readonly string[]): Rule[] {
  const groups = files.flatMap(({ file, spec }) =>
    spec.groups.map((group) => ({ name: group.name, rules: rulesOfFile(file, { groups: [group] }) })),
  );
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return groups.sort((a, b) => place(a.name) - place(b.name)).flatMap(({ rules }) => rules);
}

/** Runs the tests of a file. `readRules` gives the texts of the rule files that it names; what it throws is a failure. */
export async function runRuleTests(
  spec: RuleTestSpec,
  readRules: (patterns: readonly string[]) => Promise<readonly SourceFile[]>,
): Promise<RuleTestResult[]> {
  const registry = { kinds: [], foreignKinds: [{ ...ruleFileKind, check: () => [] }] };
  let rules: Rule[];
  try {
    const { set, problems } = checkDocuments(await readRules(spec.rule_files), registry, 0);
    if (problems.length > 0) return [{ test: 'rule_files', failures: problems.map(formatProblem) }];
    rules = ordered(set.list<RuleFileSpec>(ruleFileKind.kind).map(({ name, spec }) => ({ file: name, spec })), spec.group_eval_order); // prettier-ignore
  } catch (error) {
    return [{ test: 'rule_files', failures: [(error as Error).message] }];
  }
  const results: RuleTestResult[] = [];
  for (const [i, test] of spec.tests.entries())
    results.push({ test: test.name === '' ? String(i + 1) : test.name, failures: await runRuleTest(test, spec, rules) });
  return results;
}
