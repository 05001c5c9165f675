/** Times outside are refused, in milliseconds since the epoch. */
export interface TimeBounds {
  readonly oldest: number;
  readonly newest: number;
}
