/** The answer of `GET /nines/v1/targets`: those targets that fit what was asked for, and how each pool is as a whole. */
import type { DroppedTargetJson, TargetPoolJson, TargetStateJson, TargetStatesJson, TargetStatesQuery } from './contract.ts';

/** `targets` have their discovered labels; they are left out unless asked for. Counts of pools are of all targets. */
export function answerTargets(
  targets: readonly TargetStateJson[],
  dropped: readonly DroppedTargetJson[],
  { state, pool, text = '', discovered = false, limit = Infinity }: TargetStatesQuery,
): Omit<TargetStatesJson, 'problems'> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const says = (...parts: readonly string[]): boolean => {
    const whole = parts.join('\n').toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  const labelsOf = (labels: Readonly<Record<string, string>>): string => Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(' '); // prettier-ignore
  const fits = (one: TargetStateJson): boolean =>
    (state === undefined || one.health === state) &&
    (pool === undefined || one.scrape === pool) &&
    (words.length === 0 || says(one.scrape, one.url, labelsOf(one.labels), one.lastError ?? ''));
  const droppedFits = (one: DroppedTargetJson): boolean =>
    (state === undefined || state === 'dropped') &&
    (pool === undefined || one.scrape === pool) &&
    (words.length === 0 || says(one.scrape, labelsOf(one.discovered), one.problem ?? ''));
  // What is wrong comes first.
  const found = targets.filter(fits).toSorted((a, b) => RANK[a.health] - RANK[b.health]);
  const out = dropped.filter(droppedFits).toSorted((a, b) => Number(a.problem === null) - Number(b.problem === null));
  return {
    targets: found.slice(0, limit).map(({ discovered: before, ...one }) => (discovered && before ? { ...one, discovered: before } : one)),
    dropped: out.slice(0, Math.min(limit, MOST_DROPPED)),
    found: found.length,
    droppedFound: out.length,
    pools: poolsOf(targets, dropped),
  };
}

const RANK = { down: 0, unknown: 1, up: 2 } as const;
/** Relabelling may leave out thousands: nobody reads more. */
const MOST_DROPPED = 1_000;

function poolsOf(targets: readonly TargetStateJson[], dropped: readonly DroppedTargetJson[]): TargetPoolJson[] {
  const pools = new Map<string, TargetPoolJson>();
  const count = (name: string, key: 'up' | 'down' | 'unknown' | 'dropped'): void => {
    const pool = pools.get(name) ?? { name, up: 0, down: 0, unknown: 0, dropped: 0 };
    pools.set(name, { ...pool, [key]: pool[key] + 1 });
  };
  for (const { scrape, health } of targets) count(scrape, health);
  for (const { scrape } of dropped) count(scrape, 'dropped');
  return [...pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
