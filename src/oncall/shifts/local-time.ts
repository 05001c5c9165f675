import { Temporal } from 'temporal-polyfill';

/**
 * The instant of a local time, in milliseconds: one that a change of the clocks skips is the next that exists, one that
 * comes twice is the first. `text` may carry an offset of its own.
 */
export const instantOf = (text: string, timeZone: string): number =>
  /(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Temporal.Instant.from(text).epochMilliseconds
    : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;

/** When a local day begins: not at midnight everywhere, on the days when clocks change. */
export const startOfDay = (date: Temporal.PlainDate | string, timeZone: string): number =>
  Temporal.PlainDate.from(date).toZonedDateTime({ timeZone }).epochMilliseconds;

export const atTime = (date: Temporal.PlainDate, time: Temporal.PlainTime, timeZone: string): number =>
  date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

/** The local date at an instant. */
export const dateAt = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
