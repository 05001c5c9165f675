/** Jobs of this priority and more urgent ones (0 is a page, 1 its news) are one class, all others the second. */
export const URGENT = 1;

/** How two classes of jobs share the places of one kind: `urgent` of every `urgent + ordinary` that become free. */
export interface Share {
  readonly urgent: number;
  readonly ordinary: number;
}

/** Of the next `room` places, counted from `turn`, how many are offered to ordinary jobs first. */
export function ordinaryTurns(turn: number, room: number, { urgent, ordinary }: Share): number {
  let count = 0;
  for (let at = turn; at < turn + room; at += 1) if (at % (urgent + ordinary) >= urgent) count += 1;
  return count;
}

/** Ordinary jobs never take the last quarter of the places: an urgent one that comes need not wait for one to end. */
export const ordinaryMost = (concurrency: number): number => Math.max(1, concurrency - Math.ceil(concurrency / 4));
