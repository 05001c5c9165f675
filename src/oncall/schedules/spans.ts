import type { ResourceSet } from '../../catalog/index.ts';
import { notFound } from '../../platform/problem.ts';
import { localTime } from '../pages/render-page.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

export const iso = (at: number): string => new Date(at).toISOString();

/** `from 09:00 on Mon 23 Nov to 09:00 on Mon 30 Nov (Europe/Berlin)` */
export const describeSpan = ({ from, to }: Span, timeZone: string): string =>
  `from ${localTime(from, timeZone, true).replace(/ \([^)]*\)$/, '')} to ${localTime(to, timeZone, true)}`;

export function scheduleNamed(set: ResourceSet, name: string): ScheduleSpec {
  const found = set.get<ScheduleSpec>('Schedule', name);
  if (!found) throw notFound('schedule', name);
  return found.spec;
}
