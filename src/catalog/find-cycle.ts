/** The names that may be in a circle: what is left when all that leads nowhere, again and again, is taken away. */
export function circular(edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const sources = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, targets] of edges) {
    const known = targets.filter((target) => edges.has(target));
    open.set(name, known.length);
    for (const target of known) {
      const list = sources.get(target);
      if (list === undefined) sources.set(target, [name]);
      else list.push(name);
    }
  }
  const done = [...open].flatMap(([name, count]) => (count === 0 ? [name] : []));
  for (const name of done) {
    open.delete(name);
    for (const source of sources.get(name) ?? []) {
      const left = open.get(source)! - 1;
      open.set(source, left);
      if (left === 0) done.push(source);
    }
  }
  return new Set(open.keys());
}

/** A shortest way from `start` back to itself, beginning with `start`; undefined where there is none. */
export function findCycle(start: string, next: (name: string) => readonly string[]): string[] | undefined {
  const cameFrom = new Map<string, string | null>([[start, null]]);
  const queue = [start];
  for (const name of queue) {
    for (const target of next(name)) {
      if (target === start) return trace(name, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, name);
      queue.push(target);
    }
  }
  return undefined;
}

function trace(end: string, cameFrom: ReadonlyMap<string, string | null>): string[] {
  const way: string[] = [];
  for (let at: string | null | undefined = end; typeof at === 'string'; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
