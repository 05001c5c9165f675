import type { IncidentState, LinkedPage, TimelineEntry } from '../incidents/index.ts';
import type { ObjectiveCost } from '../objectives/contract.ts';
import type { FrozenGraph } from '../monitoring/index.ts';

/** All that a draft is made of. Times are milliseconds where they are numbers, ISO 8601 in what comes from the ledger. */
export interface Evidence {
  /** The postmortem's id. */
  readonly id: string;
  /** Where people open nines; no slash at the end. */
  readonly url: string;
  readonly incident: IncidentState;
  readonly pages: readonly LinkedPage[];
  readonly timeline: readonly TimelineEntry[];
  /** Changes in the six hours before the outage, newest first. */
  readonly recentChanges: readonly TimelineEntry[];
  /** What the outage cost the objectives of its services. */
  readonly costs: readonly ObjectiveCost[];
  /** Who was sent a page, in the order of sending. */
  readonly paged: readonly string[];
  readonly graphs: readonly FrozenGraph[];
  readonly draftedAt: number;
}

/** From the outage's beginning to the first person on the scene, in milliseconds; null where nobody came. */
export const timeToAcknowledge = ({ acknowledgedAt, outageBeganAt }: IncidentState): number | null =>
  acknowledgedAt === null ? null : Math.max(0, acknowledgedAt - outageBeganAt);

/** From the outage's beginning to its end, in milliseconds. */
export const timeToRecover = ({ outageEndedAt, outageBeganAt }: IncidentState): number | null =>
  outageEndedAt === null ? null : Math.max(0, outageEndedAt - outageBeganAt);
