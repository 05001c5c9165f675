import type { Breath } from '../../../platform/columns/index.ts';
import { GraphiteError } from '../graphite-error.ts';
import { expandBraces, nodePattern } from './glob.ts';

interface TreeNode {
  readonly children: Map<string, TreeNode>;
  /** The whole path, where a series ends here. */
  path: string | undefined;
}

export interface FoundNode {
  readonly path: string;
  readonly name: string;
  readonly leaf: boolean;
}

const newNode = (): TreeNode => ({ children: new Map(), path: undefined });
const MOST_NODES = 200;

/** The names of series as a tree of their nodes, so that a glob looks only where it can match. Grows with the names it is told. */
export class PathIndex {
  #root = newNode();
  #seen = 0;
  #last: string | undefined;
  #known = new Set<string>();

  /**
   * Takes in every name that there is. In the order in which they came before with new ones behind, this costs as much as there
   * are new ones.
   */
  async update(names: readonly string[], breath: Breath): Promise<void> {
    if (names.length < this.#known.size) this.#forget();
    const same = this.#seen <= names.length && (this.#seen === 0 || names[this.#seen - 1] === this.#last);
    for (let i = same ? this.#seen : 0; i < names.length; i++) {
      this.#add(names[i]!);
      if (breath.due) await breath.take();
    }
    this.#seen = names.length;
    this.#last = names.at(-1);
  }

  #forget(): void {
    this.#root = newNode();
    this.#known = new Set();
    this.#seen = 0;
  }

  #add(path: string): void {
    if (path === '' || this.#known.has(path)) return;
    this.#known.add(path);
    let node = this.#root;
    for (const part of path.split('.', MOST_NODES)) {
      let child = node.children.get(part);
      if (child === undefined) node.children.set(part, (child = newNode()));
      node = child;
    }
    node.path = path;
  }

  /** The leaves and branches that a glob matches, in order of their paths. @throws GraphiteError beyond `most` */
  async find(pattern: string, most: number, breath: Breath): Promise<FoundNode[]> {
    const parts = splitPath(pattern);
    let level = new Map<TreeNode, string>([[this.#root, '']]);
    for (const [i, part] of parts.entries()) {
      const next = new Map<TreeNode, string>();
      for (const found of part === '**' ? this.#below(level, i === parts.length - 1) : this.#children(level, part)) {
        next.set(found[0], found[1]);
        if (next.size > most) throw tooMany(pattern, most);
        if (breath.due) await breath.take();
      }
      level = next;
    }
    const found: FoundNode[] = [];
    for (const [node, path] of level) {
      const name = path.slice(path.lastIndexOf('.') + 1);
      if (node.children.size > 0) found.push({ path, name, leaf: false });
      if (node.path !== undefined) found.push({ path: node.path, name, leaf: true });
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  *#children(level: ReadonlyMap<TreeNode, string>, part: string): Generator<readonly [TreeNode, string]> {
    const patterns = expandBraces(part).map(nodePattern);
    for (const [node, path] of level) {
      const prefix = path === '' ? '' : `${path}.`;
      for (const pattern of patterns) {
        if (typeof pattern === 'string') {
          const child = node.children.get(pattern);
          if (child !== undefined) yield [child, prefix + pattern];
        } else for (const [name, child] of node.children) if (pattern(name)) yield [child, prefix + name];
      }
    }
  }

  /** `**`: the nodes themselves and everything below; at the end of a pattern only what is below. */
  *#below(level: ReadonlyMap<TreeNode, string>, last: boolean): Generator<readonly [TreeNode, string]> {
    const open = [...level];
    if (!last) yield* open;
    for (let found = open.pop(); found !== undefined; found = open.pop()) {
      const [node, path] = found;
      for (const [name, child] of node.children) {
        const below = [child, path === '' ? name : `${path}.${name}`] as const;
        yield below;
        open.push([below[0], below[1]]);
      }
    }
  }
}

const tooMany = (pattern: string, most: number): GraphiteError =>
  new GraphiteError(`'${pattern.slice(0, 200)}' finds more than ${most} paths: write a narrower one, or raise graphite.maxSeries.`);

/** At the dots, save those in braces; a backslash takes any meaning from what follows it, and goes. */
export function splitPath(pattern: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const c of pattern.replaceAll('\\', '')) {
    if (c === '{') depth++;
    else if (c === '}') depth--;
    if (c === '.' && depth <= 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  if (parts.length > MOST_NODES) throw new GraphiteError(`A path of more than ${MOST_NODES} nodes can't be asked for.`);
  return parts;
}
