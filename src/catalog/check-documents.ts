import type { DocumentProblem } from './contract.ts';
import { problemAt, sortProblems } from './document-problem.ts';
import { listSome } from './explain-value.ts';
import { nearest } from './nearest.ts';
import { type ReadResource, readResource } from './read-resource.ts';
import type { KindRegistry, Resource, ResourceReference, ResourceSet } from './resource-kind.ts';
import { type CompleteSet, createResourceSet } from './resource-set.ts';
import { parseYaml } from './yaml-document.ts';

/** A file's text; `file` is its path within the folder, with `/`. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

export interface CheckResult {
  /** By file and place. Empty, or warnings alone, when the documents may go into force. */
  readonly problems: readonly DocumentProblem[];
  /** Every document that passed its schema, whether or not others have problems. */
  readonly set: CompleteSet;
  /** How many documents there are, good and bad. */
  readonly documents: number;
}

/** Beyond these the list helps no one. */
const MAX_PROBLEMS = 1_000;

/** Checks a whole folder: syntax, schemas, names given twice, references to nothing, then what each kind itself can tell. */
export function checkDocuments(files: readonly SourceFile[], registry: KindRegistry, now: number): CheckResult {
  return checkResources(files.flatMap((file) => readFile(file, registry)), registry, now); // prettier-ignore
}

/** The documents of one file, each checked by itself. Depends on nothing but its arguments. */
export function readFile({ file, text }: SourceFile, registry: KindRegistry): ReadResource[] {
  const stem = file.replace(/\.ya?ml$/i, '');
  return parseYaml(text)
    .filter(({ value }) => !isSettings(file, value))
    .map((document, i) => readResource({ file, document }, registry, i === 0 ? stem : `${stem}-${i + 1}`));
}

/** The settings file of nines itself may lie in the folder; it is no document. */
const isSettings = (file: string, value: unknown): boolean =>
  /^nines\.ya?ml$/.test(file) && typeof value === 'object' && value !== null && !('kind' in value) && !('apiVersion' in value);

/** Checks what documents say of each other. */
export function checkResources(all: readonly ReadResource[], registry: KindRegistry, now: number): CheckResult {
  const ordered = [...all].sort((a, b) => (a.located.file < b.located.file ? -1 : a.located.file > b.located.file ? 1 : 0));
  const problems = ordered.flatMap((one) => one.problems);
  problems.push(...findDuplicates(ordered));
  const set = createResourceSet(ordered.flatMap(({ resource }) => (resource === null ? [] : [resource])));
  // A document that can't be told apart may be the very one that is referred to: then nothing is said of missing ones.
  if (ordered.every(({ identity }) => identity !== null)) problems.push(...findDangling(ordered, registry));
  if (ordered.every(({ resource }) => resource !== null)) problems.push(...runChecks(ordered, set, now));
  return { problems: foremost(problems), set, documents: all.length };
}

/** Where there are too many, warnings go first: what must not go into force has to be seen. */
function foremost(problems: readonly DocumentProblem[]): DocumentProblem[] {
  if (problems.length <= MAX_PROBLEMS) return sortProblems(problems);
  const [errors, warnings] = [problems.filter(({ severity }) => severity === 'error'), problems.filter(({ severity }) => severity !== 'error')];
  return sortProblems([...sortProblems(errors).slice(0, MAX_PROBLEMS), ...sortProblems(warnings).slice(0, Math.max(0, MAX_PROBLEMS - errors.length))]);
} // prettier-ignore

const NAME_PATH = ['metadata', 'name'];
const isForeign = ({ definition }: ReadResource): boolean => definition !== null && 'recognises' in definition;

function findDuplicates(all: readonly ReadResource[]): DocumentProblem[] {
  const first = new Map<string, ReadResource>();
  return all.flatMap((one) => {
    if (one.identity === null) return [];
    const { kind, name } = one.identity;
    const earlier = first.get(`${kind}/${name}`);
    if (earlier === undefined) {
      first.set(`${kind}/${name}`, one);
      return [];
    }
    const { file, document } = earlier.located;
    const { line } = document.locate(isForeign(earlier) ? [] : NAME_PATH);
    const message = `${kind} '${name}' is already defined in ${file}:${line}`;
    return [problemAt(one.located, { path: isForeign(one) ? [] : NAME_PATH, message, hint: 'rename or remove one of them' })];
  });
}

function findDangling(all: readonly ReadResource[], registry: KindRegistry): DocumentProblem[] {
  const names = new Map<string, Set<string>>();
  for (const { identity } of all) {
    if (identity === null) continue;
    const known = names.get(identity.kind);
    if (known === undefined) names.set(identity.kind, new Set([identity.name]));
    else known.add(identity.name);
  }
  // Names of a kind that this program doesn't know can't be judged.
  const known = new Set([...registry.kinds, ...registry.foreignKinds].map(({ kind }) => kind));
  return all.flatMap((one) => {
    const { resource, definition, located } = one;
    if (resource === null || definition?.references === undefined) return [];
    const dangling = definition
      .references(resource.spec)
      .filter(({ kind, name }) => known.has(kind) && names.get(kind)?.has(name) !== true);
    return dangling.map((reference) => {
      const message = `${resource.kind} '${resource.name}' names ${reference.kind} '${reference.name}', which does not exist`;
      return problemAt(located, { path: reference.path, message, hint: danglingHint(reference, names, registry) });
    });
  });
}

function danglingHint({ kind, name }: ResourceReference, names: ReadonlyMap<string, Set<string>>, registry: KindRegistry): string {
  const existing = [...(names.get(kind) ?? [])].sort();
  const plural =
    registry.kinds.find((one) => one.kind === kind)?.plural ?? kind.replace(/(?:y|s)?$/, (end) => ({ y: 'ies', s: 's' })[end] ?? 's');
  if (existing.length === 0) return `there are no ${plural} yet: add a document of kind ${kind} named '${name}'`;
  const other = [...names].find(([otherKind, known]) => otherKind !== kind && known.has(name));
  const right = nearest(name, existing);
  const list = `${plural} are: ${listSome(existing)}`;
  if (right !== undefined) return `did you mean '${right}'? ${list}`;
  return other === undefined ? list : `'${name}' is a ${other[0]}; ${list}`;
}

/** Runs the kinds' own checks. One that throws is a defect: it refuses the documents rather than stopping nines. */
function runChecks(all: readonly ReadResource[], set: ResourceSet, now: number): DocumentProblem[] {
  return all.flatMap(({ resource, definition, located }) => {
    if (resource === null || definition?.check === undefined) return [];
    try {
      return definition.check(resource, set, now).map((problem) => problemAt(located, problem));
    } catch (error) {
      return [problemAt(located, { path: [], message: `${describe(resource)} could not be checked: ${(error as Error).message}` })];
    }
  });
}

const describe = ({ kind, name }: Resource): string => `${kind} '${name}'`;

export const hasErrors = (problems: readonly DocumentProblem[]): boolean => problems.some(({ severity }) => severity === 'error');
