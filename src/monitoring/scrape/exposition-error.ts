/** What stops the reading of an exposition: the line (1 is the first), what was expected there, and an excerpt. */
export class ExpositionError extends Error {
  readonly line: number;
  readonly excerpt: string;

  constructor(line: number, reason: string, excerpt: string) {
    super(`line ${line}: ${reason} in ${excerpt}`);
    this.name = 'ExpositionError';
    this.line = line;
    this.excerpt = excerpt;
  }
}

const EXCERPT = 80;

/** The error for what is wrong at `pos` of `text`. Lines are only counted here, off the hot path. */
export function expositionError(text: string, pos: number, reason: string): ExpositionError {
  const start = text.lastIndexOf('\n', pos - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) line += 1;
  const newline = text.indexOf('\n', start);
  const whole = text.slice(start, newline === -1 ? text.length : newline);
  const cut = whole.length > EXCERPT;
  return new ExpositionError(line, reason, JSON.stringify(cut ? whole.slice(0, EXCERPT) : whole) + (cut ? '…' : ''));
}
