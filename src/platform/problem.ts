/**
 * What went wrong, for the reader: thrown by any layer and answered by the HTTP layer as
 * `application/problem+json` (RFC 9457). Anything else that is thrown is a defect and is answered as a bare 500.
 */
export class Problem extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Short and constant for the kind of problem; also the anchor of its documentation. */
  readonly slug: string;
  /** More members of the problem document: `limit`, `setting`, `field`, … */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Seconds after which a retry makes sense, where one does. */
  readonly retryAfter: number | undefined;

  /** @param detail what was wrong, where, and what would be right, in one or two sentences */
  constructor(
    status: number,
    slug: string,
    detail: string,
    options: { extra?: Record<string, unknown>; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.slug = slug;
    this.extra = options.extra ?? {};
    this.retryAfter = options.retryAfter;
  }
}

/** A limit was reached: names the limit, its value and the setting that changes it. Status 413, 422 or 429. */
export class LimitError extends Problem {
  constructor(status: 413 | 422 | 429, detail: string, limit: { limit: number; setting: string; retryAfter?: number }) {
    super(status, 'limit-reached', `${detail} The limit is ${limit.limit}; raise it with ${limit.setting}.`, {
      extra: { limit: limit.limit, setting: limit.setting },
      ...(limit.retryAfter !== undefined && { retryAfter: limit.retryAfter }),
    });
    this.name = 'LimitError';
  }
}

export const notFound = (what: string, name: string): Problem => new Problem(404, 'not-found', `There is no ${what} '${name}'.`);
export const badRequest = (detail: string, extra: Record<string, unknown> = {}): Problem =>
  new Problem(400, 'bad-request', detail, { extra });
export const conflict = (detail: string, extra: Record<string, unknown> = {}): Problem => new Problem(409, 'conflict', detail, { extra });
