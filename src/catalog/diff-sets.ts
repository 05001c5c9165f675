import { stringify } from 'yaml';
import type { ResourceChange } from './contract.ts';
import { DEFAULT_API_VERSION } from './envelope.ts';
import type { KindRegistry, Resource } from './resource-kind.ts';
import type { CompleteSet } from './resource-set.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What it takes to get from one set of documents to another, by kind and name. Where a file moved, nothing changed. */
export function diffSets(before: CompleteSet, after: CompleteSet, registry: KindRegistry): ResourceChange[] {
  const changes: ResourceChange[] = [];
  for (const resource of after.all()) {
    const { kind, name, file } = resource;
    const old = before.get(kind, name);
    if (old === undefined) changes.push({ action: 'create', kind, name, file, diff: null });
    else {
      const diff = unifiedDiff(toYaml(old, registry), toYaml(resource, registry));
      if (diff !== '') changes.push({ action: 'update', kind, name, file, diff });
    }
  }
  for (const resource of before.all()) {
    const { kind, name, file } = resource;
    if (after.get(kind, name) === undefined) changes.push({ action: 'delete', kind, name, file, diff: null });
  }
  return changes.sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
}

/** With the text of what is deleted: the past is worked out of what is kept. */
export const withRemoved = (changes: readonly ResourceChange[], before: CompleteSet, registry: KindRegistry): ResourceChange[] =>
  changes.map((change) => {
    const old = change.action === 'delete' ? before.get(change.kind, change.name) : undefined;
    return old === undefined ? change : { ...change, diff: unifiedDiff(toYaml(old, registry), '') };
  });

/** A resource as a document in one fixed spelling, defaults filled in: two that mean the same read the same. */
export function toYaml({ kind, name, title, labels, spec }: Resource, registry: KindRegistry): string {
  const definition = registry.kinds.find((one) => one.kind === kind);
  const document =
    definition === undefined
      ? spec
      : {
          apiVersion: definition.apiVersion ?? DEFAULT_API_VERSION,
          kind,
          metadata: { name, ...(title !== name && { displayName: title }), ...(Object.keys(labels).length > 0 && { labels }) },
          spec,
        };
  return stringify(JSON.parse(JSON.stringify(document)), { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/** `1 created, 2 updated: Service checkout, Team payments and 1 more` */
export function summarise(changes: readonly ResourceChange[]): string {
  if (changes.length === 0) return 'nothing changed';
  const counts = (['create', 'update', 'delete'] as const)
    .map((action) => [changes.filter((change) => change.action === action).length, `${action}d`] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  const named = changes.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`);
  const more = changes.length > 3 ? ` and ${changes.length - 3} more` : '';
  return `${counts.join(', ')}: ${named.join(', ')}${more}`;
}
