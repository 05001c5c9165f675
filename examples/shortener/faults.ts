/** What can be made wrong with an instance, to practise: by `POST /-/faults` where it was started with `--allow-faults`. */
export interface Faults {
  /** Share of redirects that fail with 500: 0 to 1. */
  errors: number;
  /** Milliseconds added to each answer. */
  latencyMs: number;
}

export const NO_FAULTS: Faults = { errors: 0, latencyMs: 0 };

/** Reads faults from JSON; undefined for anything else than the two numbers in their bounds. */
export function parseFaults(text: string): Faults | undefined {
  try {
    const { errors = 0, latencyMs = 0 } = JSON.parse(text) as Partial<Record<keyof Faults, unknown>>;
    if (typeof errors !== 'number' || typeof latencyMs !== 'number') return undefined;
    if (!(errors >= 0 && errors <= 1 && latencyMs >= 0 && latencyMs <= 30_000)) return undefined;
    return { errors, latencyMs };
  } catch {
    return undefined;
  }
}
