/** Documents as they were, worked out backwards from those in force and the changes that each version kept. */
import { readFile } from './check-documents.ts';
import type { ResourceChange } from './contract.ts';
import { toYaml } from './diff-sets.ts';
import type { KindRegistry, Resource, ResourceSet } from './resource-kind.ts';
import { type CompleteSet, createResourceSet } from './resource-set.ts';
import { undoDiff } from './unified-diff.ts';

/** A version, and what it changed. Times are milliseconds. */
export interface PastVersion {
  readonly version: number;
  readonly appliedAt: number;
  readonly changes: readonly ResourceChange[];
}

export interface PastSets {
  /** What was in force at a time. */
  at(time: number): ResourceSet;
  /** How many versions changed these kinds in the time that was asked for. */
  readonly changed: number;
  /** `Schedule payments before version 12`: what can't be known any more, and is taken as it was later. */
  readonly unknown: readonly string[];
}

/** More versions than this are not gone back through: a set is made of each. */
const MOST_VERSIONS = 200;

/**
 * @param versions those after the time that is looked at, the newest first
 * @param kinds of which the past is wanted; all others are as they are now
 */
export function pastSets(now: CompleteSet, versions: readonly PastVersion[], kinds: ReadonlySet<string>, registry: KindRegistry): PastSets {
  const resources = new Map(now.all().map((one) => [`${one.kind}/${one.name}`, one]));
  const unknown: string[] = [];
  /** The newest first: what was in force before each version. */
  const before: { readonly appliedAt: number; readonly set: ResourceSet }[] = [];
  const touching = versions.filter(({ changes }) => changes.some(({ kind }) => kinds.has(kind)));
  if (touching.length > MOST_VERSIONS) unknown.push(`what was before version ${touching[MOST_VERSIONS - 1]!.version}`);
  for (const { version, appliedAt, changes } of touching.slice(0, MOST_VERSIONS)) {
    for (const change of changes) {
      const key = `${change.kind}/${change.name}`;
      if (!kinds.has(change.kind)) continue;
      if (change.action === 'create') {
        resources.delete(key);
        continue;
      }
      const old = restored(change, resources.get(key), registry);
      if (old === undefined) unknown.push(`${change.kind} ${change.name} before version ${version}`);
      else resources.set(key, old);
    }
    before.push({ appliedAt, set: createResourceSet(resources.values()) });
  }
  return {
    at: (time) => before.findLast(({ appliedAt }) => time < appliedAt)?.set ?? now,
    changed: touching.length,
    unknown,
  };
}

/** What a document was before a change; undefined where that can't be told, or would be none any more. */
function restored({ kind, name, diff }: ResourceChange, later: Resource | undefined, registry: KindRegistry): Resource | undefined {
  if (diff === null) return undefined;
  const text = undoDiff(later === undefined ? '' : toYaml(later, registry), diff);
  if (text === undefined) return undefined;
  const [read] = readFile({ file: `${name}.yaml`, text }, registry);
  return read?.resource?.kind === kind && read.resource.name === name ? read.resource : undefined;
}
