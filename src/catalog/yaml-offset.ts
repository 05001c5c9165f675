import { type Document, isAlias, isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Path, Position } from './place.ts';

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

/** Where the value (or the key) at a path begins; where there is none, where what should hold it does. */
export function offsetOf(document: Document, path: Path, aim: 'key' | 'value'): number {
  let node: unknown = document.contents;
  // Where what holds `node` is written, as a reader would point at it: its key, or the item of the list.
  let holder = startOf(node) ?? 0;
  for (const [i, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const last = i === path.length - 1;
    if (isMap(node)) {
      const pair = findPair(node, String(step), document);
      if (pair === undefined) return holder;
      const key = startOf(pair.key) ?? holder;
      if (last && (aim === 'key' || !isInline(pair.value))) return key;
      node = pair.value;
      holder = key;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) return holder;
      node = item;
      holder = startOf(node) ?? holder;
    } else return startOf(node) ?? holder;
  }
  return startOf(node) ?? holder;
}

/** Where a place of a value's text is in the file; undefined where the two don't correspond, as in folded text. */
export function offsetWithin(document: Document, path: Path, text: string, { line, column }: Position): number | undefined {
  const node = document.getIn(path, true);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [start, end] = node.range;
  if (node.type === 'BLOCK_LITERAL') {
    const rows = text.slice(start, end).split('\n');
    const written = rows[line] ?? '';
    const meant = node.value.split('\n')[line - 1] ?? '';
    if (!written.trimEnd().endsWith(meant.trimEnd())) return undefined;
    const indent = written.trimEnd().length - meant.trimEnd().length;
    return start + rows.slice(0, line).join('\n').length + 1 + indent + column - 1;
  }
  const quotes = node.type === 'PLAIN' ? 0 : 1;
  // Escapes and line breaks make the text differ from what is written.
  return text.slice(start + quotes, end - quotes) === node.value ? start + quotes + column - 1 : undefined;
}

/** The merge key's value is a symbol. */
export const keyName = ({ value }: { value: unknown }): string => (typeof value === 'symbol' ? '<<' : String(value));

/** Written behind its key, not as a block on the lines below, and not left empty. */
function isInline(value: unknown): boolean {
  if (isCollection(value)) return value.flow === true;
  return isAlias(value) || (isScalar(value) && (value.value !== null || value.source !== ''));
}

function findPair(map: { items: Pair[] }, key: string, document: Document): Pair | undefined {
  const own = map.items.find((pair) => isPair(pair) && isScalar(pair.key) && keyName(pair.key) === key);
  if (own !== undefined) return own;
  for (const { key: name, value } of map.items) {
    if (!isScalar(name) || keyName(name) !== '<<') continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = isAlias(source) ? source.resolve(document) : source;
      const inherited = isMap(merged) ? findPair(merged, key, document) : undefined;
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}
