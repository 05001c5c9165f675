import type { ResourceSet } from '../../catalog/index.ts';
import { alertmanagerConfig } from './alertmanager-kind.ts';
import type { Matcher } from './matcher.ts';
import { matchersOf } from './route-tree.ts';

/** `inhibit_rules` of the alertmanager.yml in force, as muting has such rules. */
export function configuredInhibitions(
  set: ResourceSet,
): { readonly name: string; readonly source: Matcher[]; readonly target: Matcher[]; readonly equal: readonly string[] }[] {
  const config = alertmanagerConfig(set);
  return (config?.spec.inhibit_rules ?? []).map((rule, i) => ({
    name: `alertmanager.yml/${i + 1}`,
    source: matchersOf({ match: rule.source_match, match_re: rule.source_match_re, matchers: rule.source_matchers }),
    target: matchersOf({ match: rule.target_match, match_re: rule.target_match_re, matchers: rule.target_matchers }),
    equal: rule.equal ?? [],
  }));
}
