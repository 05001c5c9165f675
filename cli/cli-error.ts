/** The answer is yes, or there was nothing to ask. */
export const EXIT_OK = 0;
/** The answer is no: documents have errors, something fires, there are differences. */
export const EXIT_NO = 1;
/** There is no answer: wrong usage, a refusal, a server that can't be reached. */
export const EXIT_FAILED = 2;

/** Ends the command with a sentence for the person, and what to do about it. */
export class CliError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;
  /** The HTTP status, where a server refused. */
  readonly status: number | undefined;

  constructor(message: string, options: { hint?: string | undefined; exitCode?: number; status?: number } = {}) {
    super(message);
    this.name = 'CliError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT_FAILED;
    this.status = options.status;
  }
}
