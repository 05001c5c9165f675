import type { DocumentProblem } from './contract.ts';
import { problemAt, type LocatedDocument } from './document-problem.ts';
import { DEFAULT_API_VERSION, envelopeSchema, likelyName, metadataSchema, NAME_PATTERN } from './envelope.ts';
import { type Explained, validate } from './explain-issues.ts';
import { identify, isMapping } from './identify-document.ts';
import type { ForeignKind, KindRegistry, Resource, ResourceKind } from './resource-kind.ts';
import { deepFreeze } from './resource-set.ts';
import { knownKeys } from './schema-shape.ts';

/** One document after its own checks: what others may refer to, and the resource where nothing is wrong with it. */
export interface ReadResource {
  readonly located: LocatedDocument;
  /** Null where it can't be told, for example for a syntax error in the first line. */
  readonly identity: { readonly kind: string; readonly name: string } | null;
  readonly definition: ResourceKind | ForeignKind | null;
  readonly resource: Resource | null;
  readonly problems: readonly DocumentProblem[];
}

/** A document with more wrong than this is wrong in one way; the rest would hide it. */
const MAX_PROBLEMS = 30;

export function readResource(located: LocatedDocument, registry: KindRegistry, foreignName: string): ReadResource {
  const { file, document } = located;
  if (document.problems.length > 0) {
    const problems = document.problems.map(({ line, column, message, hint = null }): DocumentProblem => {
      return { file, line, column, severity: 'error', message, hint };
    });
    return { located, identity: roughIdentity(document.value), definition: null, resource: null, problems };
  }
  const identified = identify(located, registry);
  if (identified.as === 'unknown')
    return { located, identity: roughIdentity(document.value), definition: null, resource: null, problems: [identified.problem] };
  if (identified.as === 'foreign') return readForeign(located, identified.kind, identified.root, foreignName);
  return readOwn(located, identified.kind, identified.root);
}

function readOwn(located: LocatedDocument, kind: ResourceKind, root: Record<string, unknown>): ReadResource {
  const specKeys = isMapping(root['spec']) || !('spec' in root) ? knownKeys(kind.spec, []) : [];
  const envelope = validate(envelopeSchema, root, {
    elsewhere: { ...place(specKeys, "under 'spec'"), ...place(Object.keys(metadataSchema.shape), "under 'metadata'") },
  });
  const above = {
    ...place(Object.keys(envelopeSchema.shape), 'at the beginning of the line'),
    ...place(METADATA_ONLY, "under 'metadata'"),
  };
  // A missing or wrong spec is the envelope's problem already.
  const spec = isMapping(root['spec']) ? validate(kind.spec, root['spec'], { elsewhere: above }) : undefined;
  const misplaced = new Set(envelope.ok ? [] : envelope.problems.flatMap(({ aim, path }) => (aim === 'key' ? [path.at(-1)] : [])));
  const said = [
    ...(envelope.ok ? [] : envelope.problems.map((one) => withApiVersion(one, kind))),
    ...(spec === undefined || spec.ok ? [] : spec.problems)
      // A key that stands in the wrong place isn't missing as well.
      .filter(({ path, message }) => !(path.length === 1 && misplaced.has(path[0]) && message.startsWith('missing key')))
      .map((one) => ({ ...one, path: ['spec', ...one.path] })),
  ];
  const problems = said.slice(0, MAX_PROBLEMS).map((one) => problemAt(located, one));
  const identity = roughIdentity(root);
  if (!envelope.ok || !spec?.ok) return { located, identity, definition: kind, resource: null, problems };
  const { name, displayName = name, labels = {} } = envelope.value.metadata;
  const resource = deepFreeze<Resource>({
    kind: kind.kind,
    name,
    title: displayName,
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value])),
    spec: spec.value,
    file: located.file,
  });
  return { located, identity, definition: kind, resource, problems };
}

const withApiVersion = (problem: Explained, { apiVersion = DEFAULT_API_VERSION }: ResourceKind): Explained =>
  problem.path.join('.') === 'apiVersion' ? { ...problem, hint: `write 'apiVersion: ${apiVersion}'` } : problem;

const METADATA_ONLY = ['displayName', 'annotations'];

const place = (keys: readonly string[], where: string): Record<string, string> => Object.fromEntries(keys.map((key) => [key, where]));

function readForeign(located: LocatedDocument, kind: ForeignKind, root: Record<string, unknown>, name: string): ReadResource {
  const spec = validate(kind.spec, root);
  const identity = { kind: kind.kind, name };
  if (!spec.ok) {
    const problems = spec.problems.slice(0, MAX_PROBLEMS).map((one) => problemAt(located, one));
    return { located, identity, definition: kind, resource: null, problems };
  }
  const resource = deepFreeze<Resource>({ kind: kind.kind, name, title: name, labels: {}, spec: spec.value, file: located.file });
  return { located, identity, definition: kind, resource, problems: [] };
}

/** What a document with problems would be called, so that those who refer to it aren't told that it does not exist. */
function roughIdentity(root: unknown): { kind: string; name: string } | null {
  if (!isMapping(root) || !isMapping(root['metadata'])) return null;
  const { kind } = root;
  const { name } = root['metadata'];
  if (typeof kind !== 'string' || typeof name !== 'string') return null;
  return { kind, name: NAME_PATTERN.test(name) ? name : (likelyName(name) ?? name) };
}
