import type { Labels, MetricMetadata } from '../series.ts';

/** What was wrong, counted, with the last example. */
export interface Refused {
  readonly reason: string;
  readonly detail: string;
  readonly example: string;
  readonly count: number;
}

/** An event of DogStatsD: something that happened, as text. */
export interface StatsdEvent {
  readonly title: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly host: string;
  readonly priority: string;
  /** `error`, `warning`, `success` or `info`. */
  readonly type: string;
  readonly source: string;
  readonly tags: readonly string[];
}

/** What one interval came to. Its arrays can be handed to another thread. */
export interface FlushBatch {
  /** Series that the numbers below mean from now on, and the address that sent them first. */
  readonly defined: readonly (readonly [slot: number, labels: Labels, sender: string])[];
  readonly metadata: readonly MetricMetadata[];
  readonly slots: Uint32Array;
  readonly times: Float64Array;
  /** NaN means that the series ends here. */
  readonly values: Float64Array;
  readonly events: readonly StatsdEvent[];
  readonly refused: readonly Refused[];
  /** Values that were taken. */
  readonly taken: number;
  /** Packets that the system dropped. */
  readonly lost: number;
}
