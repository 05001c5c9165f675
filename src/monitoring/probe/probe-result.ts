export const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
export type Phase = (typeof PHASES)[number];

/** Milliseconds. `processing` is from the request's last byte to the answer's headers, `transfer` to the body's last byte. */
export type PhaseTimes = Partial<Record<Phase, number>>;

export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds: when the first certificate of the chain that was sent ends. */
  readonly earliestExpiry: number;
  /** Why it isn't trusted, where it isn't. */
  readonly problem: string | undefined;
}

/** One request and its answer, as far as it got. */
export interface Hop {
  readonly url: string;
  readonly method: string;
  address?: string;
  status?: number;
  /** Where it redirects to. */
  location?: string;
  httpVersion?: string;
  tlsVersion?: string;
  certificate?: CertificateSummary;
  readonly phases: PhaseTimes;
}

export interface ProbeResult {
  readonly probe: string;
  readonly service: string | undefined;
  readonly url: string;
  /** Milliseconds since the epoch, when it started. */
  readonly at: number;
  readonly success: boolean;
  /** Why not: one sentence for a person. Undefined on success. */
  readonly reason: string | undefined;
  readonly failedByPattern: boolean;
  readonly durationMs: number;
  /** In the order of the redirects; the last one is the answer that was checked. */
  readonly hops: readonly Hop[];
  readonly status: number | undefined;
  /** What the answer declared, where it did. */
  readonly contentLength: number | undefined;
  readonly bodyBytes: number;
  /** The body went on beyond the body limit. */
  readonly truncated: boolean;
}
