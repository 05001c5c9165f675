import { parse as parseYaml } from 'yaml';
import type { ResourceSet } from '../../catalog/index.ts';
import { expandExternalLabels, prometheusConfigOf } from '../../monitoring/index.ts';
import { burnAlerts, type Objective } from '../../objectives/index.ts';
import { tryParseDuration } from '../../platform/duration.ts';
import { objectiveRule, probeRules, scrapeRules, type BuiltinDeps } from './builtin-rules.ts';
import { ruleFileKind } from './rule-file.ts';
import { ruleFileSpec, type RuleFileSpec } from './rule-file-spec.ts';
import type { Rule } from './rule.ts';
import { rulesOfFile, type RuleDefaults } from './rules-of-file.ts';

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
  deps: BuiltinDeps & { readonly ruleDefaults?: RuleDefaults },
): Rule[] {
  return [
    ...set
      .list<RuleFileSpec>(ruleFileKind.kind)
      .flatMap(({ name, spec, file }) => rulesOfFile(name, spec, defaultsOf(set, file, deps.ruleDefaults))),
    ...defaults
      .flatMap(({ name, yaml }) => rulesOfFile(name, ruleFileSpec.parse(parseYaml(yaml))))
      .filter(({ name }) => !REPLACED.has(name)),
    ...objectives.flatMap((objective) => burnAlerts(objective).map((definition, i) => objectiveRule(objective.name, definition, i))),
    ...probeRules(set, deps),
    ...scrapeRules(set),
  ];
}

/** What the prometheus.yml that stands for a rule file says for all groups, before what the settings say. */
function defaultsOf(set: ResourceSet, file: string | null, settings: RuleDefaults = {}): RuleDefaults {
  const { evaluation_interval: interval, rule_query_offset: offset, external_labels: labels } = prometheusConfigOf(set, file)?.global ?? {};
  const intervalMs = interval == null ? undefined : tryParseDuration(interval);
  const offsetMs = offset == null ? undefined : tryParseDuration(offset);
  return {
    ...settings,
    // 0 is as if it were not given, as in Prometheus.
    ...(intervalMs !== undefined && intervalMs > 0 && { intervalMs }),
    ...(offsetMs !== undefined && { offsetMs }),
    ...(labels && { externalLabels: expandExternalLabels(labels, process.env) }),
  };
}
