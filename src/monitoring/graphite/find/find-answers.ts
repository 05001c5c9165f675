import { GraphiteError } from '../graphite-error.ts';
import type { FoundNode } from './path-index.ts';

const BRANCH = { allowChildren: 1, expandable: 1, leaf: 0 };
const LEAF = { allowChildren: 0, expandable: 0, leaf: 1 };
/** From the beginning to the end of time: a series may have samples at any. */
const INTERVALS = [{ start: 0, end: 4_294_967_295 }];

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The query of a completer: what was typed, and anything after it. */
export function completerQuery(query: string, variants: boolean): string {
  const typed = query.replaceAll('..', '*.');
  const open = typed.endsWith('*') ? typed : `${typed}*`;
  if (!variants) return open;
  return open.split('.').map((part) => (part.includes(',') && !part.includes('{') ? `{${part}}` : part)).join('.'); // prettier-ignore
}

/** The answer of `/metrics/find` in one of its formats, but pickle. @throws GraphiteError where there is no such format */
export function findAnswer(format: string, query: string, nodes: readonly FoundNode[], params: URLSearchParams): unknown {
  const wildcards = params.get('wildcards') === '1';
  switch (format) {
    case 'treejson':
      return treeJson(query, nodes, wildcards);
    case 'json':
      return nodes.map(({ path, leaf }) => ({ path, is_leaf: leaf, ...(leaf && { intervals: INTERVALS }) }));
    case 'nodelist': {
      const position = Number(params.get('position') ?? -1);
      return { nodes: [...new Set(nodes.map(({ path }) => path.split('.').at(position) ?? ''))].sort() };
    }
    case 'completer':
      return { metrics: completions(nodes, wildcards) };
    default:
      throw new GraphiteError(`There is no format '${format.slice(0, 40)}': it is one of treejson, json, completer, nodelist, pickle.`);
  }
}

function treeJson(query: string, nodes: readonly FoundNode[], wildcards: boolean): unknown[] {
  const cut = query.lastIndexOf('.');
  const base = cut < 0 ? '' : query.slice(0, cut + 1);
  const seen = new Map<string, FoundNode>();
  // A node that is a leaf and a branch can be opened.
  for (const node of [...nodes].sort((a, b) => byName(a, b) || Number(a.leaf) - Number(b.leaf)))
    if (!seen.has(node.name)) seen.set(node.name, node);
  const shown = [...seen.values()].map(({ name, leaf }) => ({ text: name, id: base + name, ...(leaf ? LEAF : BRANCH) }));
  const star = { text: '*', id: `${base}*`, ...(nodes.some(({ leaf }) => !leaf) ? BRANCH : LEAF) };
  return [
    ...(wildcards && nodes.length > 1 ? [star] : []),
    ...shown.filter(({ leaf }) => leaf === 0),
    ...shown.filter(({ leaf }) => leaf === 1),
  ];
}

function completions(nodes: readonly FoundNode[], wildcards: boolean): unknown[] {
  const found = [...nodes]
    .sort(byName)
    .map(({ path, name, leaf }) => ({ path: leaf ? path : `${path}.`, name, is_leaf: leaf ? '1' : '0' }));
  return found.length > 1 && wildcards ? [...found, { name: '*' }] : found;
}
