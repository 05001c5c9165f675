import type { Rule } from './rule.ts';

type Ordered = Pick<Rule, 'key' | 'kind' | 'name' | 'reads'>;

/** The metrics that a rule writes. */
const writes = ({ kind, name }: Ordered): readonly string[] => (kind === 'record' ? [name] : ['ALERTS', 'ALERTS_FOR_STATE']);

/**
 * For each rule of a group the earlier ones that it must come after, so that the result is that of one after the other: those that
 * write what it reads, and those that read what it writes. The others may run beside it.
 */
export function rulesBefore(group: readonly Ordered[]): Map<string, readonly string[]> {
  const before = new Map<string, readonly string[]>();
  const writers = new Map<string, string[]>();
  const readers = new Map<string, string[]>();
  const anyReaders: string[] = [];
  const recorders: string[] = [];
  const add = (map: Map<string, string[]>, name: string, key: string): void => {
    const keys = map.get(name);
    if (keys === undefined) map.set(name, [key]);
    else keys.push(key);
  };
  for (const rule of group) {
    const { metrics } = rule.reads;
    const needs = new Set<string>();
    if (metrics === 'any') for (const key of recorders) needs.add(key);
    else for (const metric of metrics) for (const key of writers.get(metric) ?? []) needs.add(key);
    if (rule.kind === 'record') {
      for (const key of readers.get(rule.name) ?? []) needs.add(key);
      for (const key of anyReaders) needs.add(key);
      recorders.push(rule.key);
    }
    before.set(rule.key, [...needs]);
    for (const name of writes(rule)) add(writers, name, rule.key);
    if (metrics === 'any') anyReaders.push(rule.key);
    else for (const metric of metrics) add(readers, metric, rule.key);
  }
  return before;
}
