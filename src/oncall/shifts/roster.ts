/** Who the documents can't name: what people say by hand, and what calendars tell. All times are milliseconds. */
export interface Roster {
  /** In the order in which they were made: the last one that fits counts. */
  readonly overrides: readonly Override[];
  /** When people are away, by their calendars. */
  readonly absences: readonly Absence[];
  /** The days of each calendar, as `2026-12-25`: a schedule that names the calendar counts them as Sundays. */
  readonly daysOff: ReadonlyMap<string, ReadonlySet<string>>;
}

export type OverrideLayer = 'primary' | 'secondary' | 'shadow';

export interface Override {
  readonly person: string;
  readonly layer: OverrideLayer;
  readonly from: number;
  readonly to: number;
}

export interface Absence {
  readonly person: string;
  readonly from: number;
  readonly to: number;
  /** What the calendar calls it. */
  readonly summary: string;
}
