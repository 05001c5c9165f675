import type { ResourceSet } from '../../catalog/index.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import { personOf } from '../desk.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween } from '../shifts/shifts.ts';
import { dutiesBetween } from './duty.ts';
import type { Service, Woken } from './share.ts';

export const zoneOf = (set: ResourceSet, person: string): string => personOf(set, person)?.timeZone ?? 'UTC';

/** Who was on call between two times in which schedules, with what that was for them. */
export function servicesBetween(set: ResourceSet, schedules: readonly string[], from: number, to: number): Service[] {
  return schedules.flatMap((name) => {
    const spec = set.get<ScheduleSpec>('Schedule', name)?.spec;
    if (!spec) return [];
    const days = spec.holidays.flatMap((calendar) => spec.roster?.daysOff.get(calendar) ?? []);
    const dayOff = (date: string): boolean => days.some((calendar) => calendar.has(date));
    return shiftsBetween(spec, from, to).flatMap((span) =>
      (['primary', 'secondary'] as const).flatMap((layer): Service[] => {
        const person = span[layer];
        if (person === null) return [];
        const duties = dutiesBetween(span.from, span.to, { timeZone: zoneOf(set, person), dayOff });
        return [{ person, layer, shift: `${name} ${span.from}`, duties }];
      }),
    );
  });
}

interface Tables {
  pages: { id: string; severity: string; service: string | null };
  page_told: { page: string; person: string; told_at: number };
}

/** The critical pages between two times, by whom they called. */
export const wokenBetween = (queryable: Queryable, from: number, to: number): Promise<Woken[]> =>
  queryable
    .db<Tables>()
    .selectFrom('page_told')
    .innerJoin('pages', 'pages.id', 'page_told.page')
    .select(['page_told.person as person', 'page_told.page as page', 'page_told.told_at as at'])
    .where('pages.severity', '=', 'critical')
    .where('told_at', '>=', from)
    .where('told_at', '<', to)
    .execute();
