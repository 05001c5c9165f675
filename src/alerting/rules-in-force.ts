import { parse as parseYaml } from 'yaml';
import type { ResourceSet } from '../catalog/index.ts';
import { burnAlerts, type Objective } from '../objectives/index.ts';
import { objectiveRule, probeRules, scrapeRules, type BuiltinDeps } from './builtin-rules.ts';
import { ruleFileKind } from './rule-file.ts';
import { ruleFileSpec, type RuleFileSpec } from './rule-file-spec.ts';
import type { Rule } from './rule.ts';
import { rulesOfFile } from './rules-of-file.ts';

/** A rule file that comes with nines: its name, and its text in YAML. */
export interface DefaultRuleFile {
  readonly name: string;
  readonly yaml: string;
}

/** Default rules that the rules of builtin-rules.ts stand for, sooner and with more to say. */
const REPLACED: ReadonlySet<string> = new Set(['ProbeFailing', 'TargetDown']);

export function rulesInForce(
  set: ResourceSet,
  objectives: readonly Objective[],
  defaults: readonly DefaultRuleFile[],
  deps: BuiltinDeps,
): Rule[] {
  return [
    ...set.list<RuleFileSpec>(ruleFileKind.kind).flatMap(({ name, spec }) => rulesOfFile(name, spec)),
    ...defaults
      .flatMap(({ name, yaml }) => rulesOfFile(name, ruleFileSpec.parse(parseYaml(yaml))))
      .filter(({ name }) => !REPLACED.has(name)),
    ...objectives.flatMap((objective) => burnAlerts(objective).map((definition, i) => objectiveRule(objective.name, definition, i))),
    ...probeRules(set, deps),
    ...scrapeRules(set),
  ];
}
