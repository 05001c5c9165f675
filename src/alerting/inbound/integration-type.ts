import type { Severity } from '../contract.ts';
import type { Reply } from '../../platform/http/index.ts';
import type { IntegrationSpec } from './integration-kind.ts';

/** What a sender sent. */
export interface Payload {
  readonly body: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Milliseconds. */
  readonly now: number;
}

/** An alert in the sender's words: what all senders have in common is done in one place (`report-event.ts`). */
export interface InboundEvent {
  readonly status: 'firing' | 'resolved' | 'acknowledged';
  /** What makes it the same alert. */
  readonly key: string;
  /** One line; where it is over, it may be missing. */
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** The sender's own word. */
  readonly severity?: string | undefined;
  /** Known already: of an alert that is said anew. */
  readonly class?: Severity | undefined;
  /** Where the document doesn't say one. */
  readonly service?: string | undefined;
  readonly labels?: Readonly<Record<string, string | undefined>>;
  readonly annotations?: Readonly<Record<string, string | undefined>>;
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  readonly url?: string | undefined;
  /** Who acknowledged, in the sender's words. */
  readonly by?: string | undefined;
  /** Acknowledged, and left alone until then (milliseconds). */
  readonly until?: number | undefined;
}

/** What was wrong with a part of a payload whose other parts were taken. */
export interface Refused {
  /** Where, as a path: `alerts[3].startsAt`. */
  readonly field: string;
  readonly problem: string;
}

export interface Mapped {
  readonly events: readonly InboundEvent[];
  readonly refused: readonly Refused[];
  /** What people should know, though all was taken. */
  readonly note?: string;
}

/** One way in which others tell of alerts: payload to events. Throws a `Problem` 400 with the path where nothing of it can be taken. */
export interface IntegrationType {
  /** The classes of the sender's own words, in lower case; a document may say otherwise. */
  readonly severities: Readonly<Record<string, Severity>>;
  /** Where the sender gives no word. */
  readonly usual: Severity;
  map(payload: Payload, spec: IntegrationSpec, title: string): Mapped;
  /** The answer that its senders know; 200 with a count otherwise. */
  answer?(mapped: Mapped): Reply;
}
