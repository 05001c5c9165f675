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
