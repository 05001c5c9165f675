/** A sample further ahead of now than this is of a broken clock, and would stand in the way of every later one. Milliseconds. */
export const FURTHEST_AHEAD_MS = 86_400_000;
