/**
 * The regular expressions of probe checks. JavaScript's, with RE2's leading flags (`(?i)`, `(?s)`, `(?m)`) taken
 * as well, since that is what people bring from a blackbox exporter's configuration.
 */
export function compilePattern(source: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(source);
  return flags === null ? new RegExp(source) : new RegExp(source.slice(flags[0].length), [...new Set(flags[1])].join(''));
}

/** Why `source` doesn't compile, or undefined where it does. */
export function patternProblem(source: string): string | undefined {
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^Invalid regular expression: /, '');
    return `not a regular expression: ${reason}`;
  }
}
