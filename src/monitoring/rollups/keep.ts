import type { Matcher } from '../series.ts';
import { RESOLUTIONS, type Resolution } from './resolutions.ts';

/** How long samples and their rollups are kept, in milliseconds; 0 keeps none. */
export type Keep = Readonly<Record<'raw' | Resolution, number>>;

/** A class of metrics with times of its own; what it doesn't say is as for all. */
export interface RetentionClass {
  readonly match: readonly Matcher[];
  readonly raw?: number | undefined;
  /** `false`: none. */
  readonly rollups?: false | Partial<Readonly<Record<Resolution, number>>> | undefined;
}

const DAY = 86_400_000;
export const DEFAULT_ROLLUPS: Readonly<Record<Resolution, number>> = { '1m': 90 * DAY, '5m': 365 * DAY, '1h': 1825 * DAY };

/** What a class keeps, given what all others do. */
export function keepOf(base: Keep, { raw = base.raw, rollups = {} }: Omit<RetentionClass, 'match'>): Keep {
  if (rollups === false) return { raw, '1m': 0, '5m': 0, '1h': 0 };
  return { ...base, ...rollups, raw };
}

/** The longest that any of them keeps each: what the tables' own expiry may go by. */
export function longest(keeps: readonly Keep[]): Keep {
  const most = (of: 'raw' | Resolution): number => Math.max(0, ...keeps.map((keep) => keep[of]));
  return { raw: most('raw'), '1m': most('1m'), '5m': most('5m'), '1h': most('1h') };
}

/** The resolutions that are kept longer than the samples: finer ones serve only what the samples no longer can. */
export const kept = (keep: Keep): Resolution[] => RESOLUTIONS.filter((one) => keep[one] > (one === '1m' ? keep.raw : 0));
