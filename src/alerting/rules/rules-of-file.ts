import { tryParseDuration } from '../../platform/duration.ts';
import { parsePromQL } from '../../monitoring/index.ts';
import type { RuleFileSpec, RuleSpec } from './rule-file-spec.ts';
import type { Rule } from './rule.ts';
import { readsOf } from './rule-selectors.ts';
import { compileTemplate, type Template } from '../template/index.ts';

/** Prometheus' `evaluation_interval` is a minute by default; here most changes are seen when samples arrive. */
const DEFAULT_INTERVAL_MS = 60_000;

type Group = RuleFileSpec['groups'][number];

/** For groups that don't say themselves. */
export interface RuleDefaults {
  readonly intervalMs?: number;
  readonly offsetMs?: number;
  readonly externalLabels?: Readonly<Record<string, string>>;
}

/** The rules of a checked rule file. */
export function rulesOfFile(file: string, { groups }: RuleFileSpec, defaults: RuleDefaults = {}): Rule[] {
  return groups.flatMap((group) => {
    const seen = new Map<string, number>();
    return group.rules.map((spec) => {
      const name = spec.alert ?? spec.record!;
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      return ruleOf(file, group, spec, { ...defaults, key: `file/${file}/${group.name}/${name}/${nth}` });
    });
  });
}

function ruleOf(file: string, group: Group, spec: RuleSpec, given: RuleDefaults & { readonly key: string }): Rule {
  const { key, externalLabels } = given;
  const parsed = parsePromQL(spec.expr);
  const base = {
    key,
    name: spec.alert ?? spec.record!,
    group: group.name,
    source: file,
    expr: spec.expr.trim(),
    parsed,
    reads: readsOf(spec.expr, parsed),
    intervalMs: milliseconds(group.interval) ?? given.intervalMs ?? DEFAULT_INTERVAL_MS,
    limit: group.limit,
    offsetMs: milliseconds(group.query_offset) ?? given.offsetMs ?? 0,
    ...(externalLabels !== undefined && { externalLabels }),
  };
  const labels = { ...group.labels, ...spec.labels };
  // As in Prometheus the labels of a recording rule are what they are written as.
  if (spec.record !== undefined) return { ...base, labels: Object.entries(labels), kind: 'record' };
  return {
    ...base,
    labels: templatesOf(labels),
    kind: 'alert',
    forMs: milliseconds(spec.for) ?? 0,
    keepFiringForMs: milliseconds(spec.keep_firing_for) ?? 0,
    annotations: templatesOf(spec.annotations),
    overlay: undefined,
  };
}

export const templatesOf = (texts: Readonly<Record<string, string>>): (readonly [string, Template])[] =>
  Object.entries(texts).map(([name, text]) => [name, compileTemplate(text)] as const);

const milliseconds = (text: string | null | undefined): number | undefined => (text == null ? undefined : tryParseDuration(text));
