import type { MutableAlert, Mute, Stage } from './mute.ts';

/** What holds back which of these alerts, by fingerprint: the first stage that does is the reason. */
export function mutesOf(alerts: readonly MutableAlert[], stages: readonly Stage[], now: number): Map<string, Mute> {
  const mutes = new Map<string, Mute>();
  let left = alerts;
  for (const stage of stages) {
    if (left.length === 0) break;
    const found = stage(left, now);
    if (found.size === 0) continue;
    for (const [fingerprint, mute] of found) mutes.set(fingerprint, mute);
    left = left.filter(({ fingerprint }) => !found.has(fingerprint));
  }
  return mutes;
}
