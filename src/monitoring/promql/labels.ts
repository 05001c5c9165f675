/** Reading and changing labels. Their names come from anywhere: `constructor` and `__proto__` are names like others. */
import type { Labels } from '../series.ts';

/** The value, or the empty string where there is no such label, which PromQL takes for the same. */
export const labelOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? labels[name]! : '');

export const hasLabel = (labels: Labels, name: string): boolean => labelOf(labels, name) !== '';

/** Labels with some of them set anew; an empty value takes a label away. */
export function withLabels(labels: Labels, changes: Iterable<readonly [name: string, value: string]>): Labels {
  const all = new Map(Object.entries(labels));
  for (const [name, value] of changes) {
    if (value === '') all.delete(name);
    else all.set(name, value);
  }
  return Object.freeze(Object.fromEntries(all));
}

/** The same for the same labels, whatever their order. */
export const labelKey = (labels: Labels): string =>
  JSON.stringify(
    Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .sort()
      .map((name) => [name, labels[name]]),
  );
