import { formatDuration } from '../../platform/duration.ts';
import type { AlertState, AlertTransition } from '../alerts/index.ts';
import { type FlapSettings, isFlapping, recentChanges } from './flapping.ts';
import type { Mute } from './mute.ts';

/** What people were told of an alert, and what holds back the rest. Times are milliseconds; never mutated. */
export interface Notice {
  /** As it was when it last began to fire, or stopped. */
  readonly alert: AlertState;
  readonly groupKey: string;
  readonly state: 'firing' | 'resolved';
  /** On-call was told that it fires, and not yet that it is over. */
  readonly told: boolean;
  /** It fires, and that is still to be told. */
  readonly held: boolean;
  /** Why nobody is called for it now. */
  readonly mute: Mute | null;
  /** When it began to fire or stopped, of late: for flapping. */
  readonly changes: readonly number[];
  readonly flappingSince: number | null;
}

export interface Decided {
  readonly notice: Notice;
  /** What on-call is to be told. */
  readonly tell: AlertTransition | undefined;
}

/** An alert began to fire or stopped. `mute` is what holds it back now. */
export function decideTransition(
  known: Notice | undefined,
  { to, alert, groupKey }: AlertTransition,
  mute: Mute | undefined,
  { now, flapping }: { now: number; flapping: FlapSettings },
): Decided {
  const changes = recentChanges([...(known?.changes ?? []), now], now, flapping);
  const flapped = known?.flappingSince ?? null;
  // It is told that it flaps when it fires: nobody is called for a recovery.
  const flaps = (flapped !== null || to === 'firing') && isFlapping(changes, flapped !== null, now, flapping);
  const base = { alert, groupKey, state: to, changes, flappingSince: flaps ? (flapped ?? now) : null } as const;
  if (to === 'resolved') {
    // Nothing is known of one that fired before this was kept: on-call knows best.
    const told = known?.told ?? true;
    const waits = flaps && told;
    const notice = { ...base, told: waits, held: false, mute: null };
    return { notice, tell: told && !waits ? tellOf(notice) : undefined };
  }
  const same = known?.told === true && known.groupKey === groupKey && known.alert.severity === alert.severity;
  if (mute !== undefined) return { notice: { ...base, told: known?.told ?? false, held: !same, mute }, tell: undefined };
  const notice = { ...base, told: true, held: false, mute: null };
  return { notice, tell: same && flapped !== null ? undefined : tellOf(notice) };
}

export interface Reviewed extends Decided {
  readonly change: 'muted' | 'unmuted' | 'calm' | 'none';
}

/** Nothing happened to the alert, but what may hold it back has changed: a silence, another alert, the time. */
export function decideReview(known: Notice, mute: Mute | undefined, { now, flapping }: { now: number; flapping: FlapSettings }): Reviewed {
  const calm = known.flappingSince !== null && !isFlapping(known.changes, true, now, flapping);
  const notice = { ...known, ...(calm && { flappingSince: null }) };
  if (known.state === 'resolved') {
    if (!calm) return { notice, tell: undefined, change: 'none' };
    const over = { ...notice, told: false };
    return { notice: over, tell: known.told ? tellOf(over) : undefined, change: 'calm' };
  }
  if (mute !== undefined) {
    const change = known.mute === null ? 'muted' : calm || !sameMute(known.mute, mute) ? 'calm' : 'none';
    return { notice: { ...notice, mute }, tell: undefined, change };
  }
  if (known.mute === null) return { notice, tell: undefined, change: calm ? 'calm' : 'none' };
  const free = { ...notice, mute: null, told: true, held: false };
  return { notice: free, tell: known.held ? tellOf(free) : undefined, change: 'unmuted' };
}

const sameMute = (a: Mute, b: Mute): boolean => a.by === b.by && a.ref === b.ref && a.until === b.until && a.why === b.why;

/** What on-call is told of it: that it flaps, where it does. */
function tellOf({ alert, groupKey, state, flappingSince, changes }: Notice): AlertTransition {
  if (flappingSince === null || state === 'resolved') return { to: state, alert, groupKey };
  const span = formatDuration(Math.max(60_000, Math.ceil((changes.at(-1)! - changes[0]!) / 60_000) * 60_000));
  const said = `It flaps: it fired and stopped ${changes.length} times within ${span}. What follows is told once it is calm.`;
  const { description } = alert.annotations;
  const annotations = { ...alert.annotations, description: description === undefined ? said : `${said} ${description}` };
  return { to: state, alert: { ...alert, annotations }, groupKey };
}
