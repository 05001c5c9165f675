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

const span = z.object({ from: z.iso.datetime(), to: z.iso.datetime() });
const givenSpan = z.strictObject({ from: time, to: time });

/** A shift that one offers and another takes. `GET /nines/v1/swaps?state=&person=`, the newest first. */
export const swapJson = z.object({
  id: z.string(),
  schedule: z.string(),
  layer: z.enum(['primary', 'secondary']),
  /** Who gives `give` away. */
  giver: personRef,
  /** Who takes it, if they accept, and gives `back` for it. */
  taker: personRef,
  give: span,
  back: span.nullable(),
  note: z.string(),
  state: z.enum(['proposed', 'accepted', 'declined', 'cancelled', 'expired']),
  createdAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
});
export type SwapJson = z.infer<typeof swapJson>;
export const swapsAnswer = z.object({ swaps: z.array(swapJson) });
export const swapsQuery = z.object({
  state: swapJson.shape.state.optional(),
  person: z.string().max(100).optional(),
  schedule: z.string().max(100).optional(),
});

/** `POST /nines/v1/swaps` → 201: offer a shift, or part of one. Nothing changes before the other side accepts. */
export const newSwap = z.strictObject({
  schedule: name,
  layer: z.enum(['primary', 'secondary']).default('primary'),
  /** Who is asked. */
  to: name,
  /** Whose shift it is; whoever asks by default. Only an admin offers that of someone else. */
  giver: name.optional(),
  give: givenSpan,
  /** What is taken in return: a span in which the other side is on call. */
  back: givenSpan.optional(),
  note: text,
});

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

/** `GET /nines/v1/oncall/gaps`: times in the next three months when nobody is on call, or someone who is away. */
export const gapJson = z.object({
  schedule: z.string(),
  team: z.string().nullable(),
  kind: z.enum(['nobody', 'away']),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  person: personRef.nullable(),
  /** What the calendar of who is away calls it. */
  summary: z.string(),
  announcedAt: z.iso.datetime().nullable(),
});
export type GapJson = z.infer<typeof gapJson>;
export const gapsAnswer = z.object({ gaps: z.array(gapJson) });

/** `GET /nines/v1/calendars`: the calendars of holidays, and how it went with the last try to read them. */
export const calendarJson = z.object({
  name: z.string(),
  source: z.string(),
  people: z.array(personRef),
  events: z.number().int(),
  fetchedAt: z.iso.datetime().nullable(),
  problem: z.string().nullable(),
});
export type CalendarJson = z.infer<typeof calendarJson>;
export const calendarsAnswer = z.object({ calendars: z.array(calendarJson) });

/** `POST /nines/v1/oncall/calendar-links`: the secret address under which calendar programs get shifts. */
export const newCalendarLink = z.strictObject({
  kind: z.enum(['person', 'schedule', 'team']),
  /** Whoever asks, for a person. */
  name: name.optional(),
  /** Ends the address that there was, and makes another. */
  renew: z.boolean().default(false),
});
export const calendarLinkJson = z.object({ kind: newCalendarLink.shape.kind, name: z.string(), url: z.string() });
export type CalendarLink = z.infer<typeof calendarLinkJson>;
