import { problemAt, type LocatedDocument } from './document-problem.ts';
import { DEFAULT_API_VERSION } from './envelope.ts';
import { describeValue, listSome, quote } from './explain-value.ts';
import { nearest } from './nearest.ts';
import type { DocumentProblem } from './contract.ts';
import type { ForeignKind, KindRegistry, ResourceKind } from './resource-kind.ts';

export type Identified =
  | { readonly as: 'kind'; readonly kind: ResourceKind; readonly root: Record<string, unknown> }
  | { readonly as: 'foreign'; readonly kind: ForeignKind; readonly root: Record<string, unknown> }
  | { readonly as: 'unknown'; readonly problem: DocumentProblem };

/** Which kind of document this is, or why that can't be said. */
export function identify(located: LocatedDocument, registry: KindRegistry): Identified {
  const root = located.document.value;
  const unknown = (path: string[], message: string, hint: string, aim: 'key' | 'value' = 'value'): Identified => ({
    as: 'unknown',
    problem: problemAt(located, { path, aim, message, hint }),
  });
  if (!isMapping(root))
    return unknown([], `a document is a mapping, but this is ${describeValue(root)}`, 'begin with apiVersion, kind, metadata and spec');
  const foreign = registry.foreignKinds.find((kind) => kind.recognises(root));
  if (foreign !== undefined) return { as: 'foreign', kind: foreign, root };

  const names = [...new Set(registry.kinds.map(({ kind }) => kind))];
  if (!('kind' in root)) {
    const typo = nearest('kind', Object.keys(root).slice(0, 20));
    if (typo !== undefined) return unknown([typo], `unknown key ${quote(typo)}`, "did you mean 'kind'?", 'key');
    return unknown([], "missing key 'kind'", `the kinds are ${listSome(names, 20)}`);
  }
  const kind = registry.kinds.find((one) => one.kind === root['kind']);
  if (kind === undefined) {
    const right = typeof root['kind'] === 'string' ? nearest(root['kind'], names) : undefined;
    const message = typeof root['kind'] === 'string' ? `unknown kind ${quote(root['kind'])}` : `'kind' must be text, but is ${describeValue(root['kind'])}`; // prettier-ignore
    return unknown(['kind'], message, `${right === undefined ? '' : `did you mean '${right}'? `}${capital(right, 'the kinds are')} ${listSome(names, 20)}`); // prettier-ignore
  }
  const apiVersion = kind.apiVersion ?? DEFAULT_API_VERSION;
  if ('apiVersion' in root && root['apiVersion'] !== apiVersion) {
    const is = typeof root['apiVersion'] === 'string' ? quote(root['apiVersion']) : describeValue(root['apiVersion']);
    return unknown(['apiVersion'], `unknown apiVersion ${is} for kind ${kind.kind}`, `write '${apiVersion}'`);
  }
  return { as: 'kind', kind, root };
}

const capital = (after: string | undefined, text: string): string => (after === undefined ? text : text[0]!.toUpperCase() + text.slice(1));

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
