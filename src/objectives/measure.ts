/** Counts an objective's events from the samples that are stored. */
import { formatDuration } from '../platform/duration.ts';
import type { Events } from './error-budget.ts';
import type { Indicator } from './indicator.ts';
import { MINUTE } from './minute-history.ts';
import type { QueryPort } from './query-port.ts';

/** Each minute that begins in [from, to), both whole minutes. */
export async function measureMinutes(query: QueryPort, indicator: Indicator, from: number, to: number): Promise<Map<number, Events>> {
  const counts = async (expr: string): Promise<Map<number, number>> => {
    const [series] = await query.range(expr, from + MINUTE, to, MINUTE);
    return new Map(series === undefined ? [] : Array.from(series.times, (time, i) => [time - MINUTE, series.values[i]!]));
  };
  const [total, part] = await Promise.all([counts(indicator.total('1m')), counts(indicator.part('1m'))]);
  const minutes = new Map<number, Events>();
  for (let minute = from; minute < to; minute += MINUTE) minutes.set(minute, eventsOf(indicator, part.get(minute), total.get(minute)));
  return minutes;
}

/** The events since `from`, up to `now`. */
export async function measureSince(query: QueryPort, indicator: Indicator, from: number, now: number): Promise<Events> {
  const window = formatDuration(now - from);
  const count = async (expr: string): Promise<number | undefined> => (await query.instant(expr, now))[0]?.value;
  const [total, part] = await Promise.all([count(indicator.total(window)), count(indicator.part(window))]);
  return eventsOf(indicator, part, total);
}

/** A count that isn't there, or isn't a number, is none. */
function eventsOf({ counts }: Indicator, part = 0, total = 0): Events {
  if (!(total > 0)) return { good: 0, total: 0 };
  const within = Number.isFinite(part) ? Math.min(total, Math.max(0, part)) : 0;
  return { good: counts === 'good' ? within : total - within, total };
}
