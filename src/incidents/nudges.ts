import { type IncidentState, updateDueAt, UPDATE_EVERY_MS } from './incident.ts';

/** What nines reminds the people of an incident of. */
export interface Nudge {
  readonly kind: 'ask-for-help' | 'update-due' | 'all-clear-due';
  /** Milliseconds. */
  readonly at: number;
}

const HELP_AFTER_MS = 10 * 60_000;
/** An outage that has ended may come back: the all-clear is not asked for at once. */
const QUIET_MS = 5 * 60_000;

/** The next reminder that is due, if nothing happens until then. Null once the incident is over. */
export function nextNudge(incident: IncidentState): Nudge | null {
  if (incident.state !== 'open') return null;
  if (incident.outageEndedAt !== null) {
    const again = incident.remindedAt === null ? -Infinity : incident.remindedAt + UPDATE_EVERY_MS;
    return { kind: 'all-clear-due', at: Math.max(incident.outageEndedAt + QUIET_MS, again) };
  }
  const again = incident.remindedAt === null ? -Infinity : incident.remindedAt + UPDATE_EVERY_MS;
  const update: Nudge = { kind: 'update-due', at: Math.max(updateDueAt(incident) ?? 0, again) };
  const help = helpAt(incident);
  return help !== null && help <= update.at ? { kind: 'ask-for-help', at: help } : update;
}

/** One person alone for ten minutes should call another; counted from the opening, or from a later arrival. */
function helpAt({ helpAskedAt, responders, acknowledgedAt, openedAt }: IncidentState): number | null {
  if (helpAskedAt !== null || acknowledgedAt === null || responders.length !== 1) return null;
  const base = acknowledgedAt <= openedAt + HELP_AFTER_MS ? openedAt : acknowledgedAt;
  return base + HELP_AFTER_MS;
}
