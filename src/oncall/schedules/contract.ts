import { z } from 'zod';
import { durationText } from '../../platform/duration.ts';
import { personRef } from '../contract.ts';

const time = z.iso.datetime({ offset: true });
const layer = z.enum(['primary', 'secondary', 'shadow']);
const text = z.string().max(500).default('');
const name = z.string().min(1).max(100);

/** `GET /nines/v1/schedules`: each schedule, and what is wrong with its next three months. */
export const scheduleJson = z.object({
  name: z.string(),
  team: z.string().nullable(),
  timeZone: z.string(),
  /** Everyone in its rotations. */
  people: z.array(personRef),
  /** The file that owns it; its rotations are edited there. */
  file: z.string().nullable(),
});
export type ScheduleJson = z.infer<typeof scheduleJson>;
export const schedulesAnswer = z.object({ schedules: z.array(scheduleJson) });

/** Someone stands in. `GET /nines/v1/schedules/:name/overrides?from=&to=`, the earlier made first. */
export const overrideJson = z.object({
  /** Null for one that is written in the document. */
  id: z.string().nullable(),
  schedule: z.string(),
  layer,
  person: personRef,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  reason: z.string(),
  /** The swap that it is half of. */
  swap: z.string().nullable(),
  createdAt: z.iso.datetime().nullable(),
  createdBy: z.string().nullable(),
});
export type OverrideJson = z.infer<typeof overrideJson>;
export const overridesAnswer = z.object({ overrides: z.array(overrideJson) });
export const spanQuery = z.object({ from: time.optional(), to: time.optional() });

/** `POST /nines/v1/schedules/:name/overrides` → 201: take a span, or hand it to someone. */
export const newOverride = z
  .strictObject({
    /** Who stands in; whoever asks by default. */
    person: name.optional(),
    layer: layer.default('primary'),
    /** Now by default. What has been stays as it was. */
    from: time.optional(),
    to: time.optional(),
    /** Instead of `to`. */
    for: durationText({ max: '366d' }).optional(),
    reason: text,
  })
  .refine((one) => (one.to === undefined) !== (one.for === undefined), { message: "say when it ends: 'to' or 'for'" });
export const overrideAnswer = z.object({
  override: overrideJson,
  /** What whoever asks should know: another override that it stands over, someone who is away. */
  warnings: z.array(z.string()),
});
export type OverrideAnswer = z.infer<typeof overrideAnswer>;

/** `GET /nines/v1/oncall/shifts?person=`: the shifts of a person in all schedules, three months ahead by default. */
export const personShiftsQuery = spanQuery.extend({ person: z.string().max(100).optional() });
export const personShift = z.object({
  schedule: z.string(),
  team: z.string().nullable(),
  role: layer,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Who is primary, for a secondary or a shadow; who is secondary, for a primary. */
  with: personRef.nullable(),
});
export type PersonShift = z.infer<typeof personShift>;
export const personShiftsAnswer = z.object({ person: personRef, shifts: z.array(personShift) });
export type PersonShifts = z.infer<typeof personShiftsAnswer>;
