import type { MutableAlert, Mute, Stage } from './mute.ts';

/** What the critical alerts of a service say of it. Times are milliseconds. */
export interface ServiceTrouble {
  readonly service: string;
  readonly firing: boolean;
  /** A condition holds, and its `for` is not over. */
  readonly pending: boolean;
  /** When the first of those that fire (or pend) became true; null where none is left. */
  readonly since: number | null;
  /** When the last one was resolved. */
  readonly resolvedAt: number | null;
}

/** How long a dependent waits for a dependency that may be failing too. */
export const GRACE_MS = 30_000;
/** What needs a dependency takes a moment to recover after it. */
export const RECOVERY_MS = 60_000;
/** What began longer than this before the dependency's trouble has another cause. */
export const BEFORE_MS = 5 * 60_000;

/**
 * Services whose dependency fails, directly or not: the database is down, and one page says so, not forty.
 * @param dependsOn the direct dependencies of a service
 * @param troubles of all services that these alerts' services may depend on
 */
export function dependencyStage(dependsOn: (service: string) => readonly string[], troubles: readonly ServiceTrouble[]): Stage {
  const byService = new Map(troubles.map((one) => [one.service, one]));
  return (alerts, now) => {
    const mutes = new Map<string, Mute>();
    if (byService.size === 0) return mutes;
    const known = new Map<string, readonly ServiceTrouble[]>();
    for (const alert of alerts) {
      if (alert.service === null) continue;
      let below = known.get(alert.service);
      if (below === undefined) {
        below = dependenciesOf(alert.service, dependsOn).flatMap((name) => byService.get(name) ?? []);
        known.set(alert.service, below);
      }
      const mute = strongest(below, alert, now);
      if (mute !== undefined) mutes.set(alert.fingerprint, mute);
    }
    return mutes;
  };
}

/** All that a service needs, the nearest first. */
export function dependenciesOf(service: string, dependsOn: (service: string) => readonly string[]): string[] {
  const found = new Set([service]);
  for (const name of found) for (const needed of dependsOn(name)) found.add(needed);
  found.delete(service);
  return [...found];
}

/** The deepest dependency that fails is the cause: it comes last. */
function strongest(below: readonly ServiceTrouble[], { activeAt, firedAt }: MutableAlert, now: number): Mute | undefined {
  const explains = ({ since }: ServiceTrouble): boolean => since === null || activeAt >= since - BEFORE_MS;
  const mute = (service: string, why: string, until: number | null): Mute => ({ by: 'dependency', ref: service, why, until });
  const cause = below.findLast((one) => one.firing && explains(one));
  if (cause !== undefined) return mute(cause.service, `${cause.service}, which it depends on, has a critical alert`, null);
  const maybe = firedAt + GRACE_MS > now ? below.findLast((one) => one.pending && explains(one)) : undefined;
  if (maybe !== undefined)
    return mute(maybe.service, `${maybe.service}, which it depends on, may be failing: waits ${GRACE_MS / 1000} s`, firedAt + GRACE_MS);
  const over = below.findLast(
    ({ resolvedAt }) => resolvedAt !== null && resolvedAt + RECOVERY_MS > now && activeAt <= resolvedAt + RECOVERY_MS,
  );
  if (over === undefined) return undefined;
  return mute(over.service, `${over.service}, which it depends on, has only just recovered`, (over.resolvedAt ?? now) + RECOVERY_MS);
}
