import type { Labels, Matcher } from '../series.ts';
import { labelOf } from './labels.ts';
import { compileRe2 } from './re2.ts';

export interface CompiledMatcher {
  readonly name: string;
  /** Whether a label's value fits; the empty string stands for a label that isn't there. */
  matches(value: string): boolean;
}

/** The matchers ready to use, or what is wrong with the first bad one. */
export function compileMatchers(matchers: readonly Matcher[]): readonly CompiledMatcher[] | { readonly problem: string } {
  try {
    return matchers.map(compileMatcher);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws an Error where a regular expression is none. */
export function compileMatcher({ name, op, value }: Matcher): CompiledMatcher {
  if (op === '=') return { name, matches: (actual) => actual === value };
  if (op === '!=') return { name, matches: (actual) => actual !== value };
  const fits = regexTest(value);
  return { name, matches: op === '=~' ? fits : (actual) => !fits(actual) };
}

function regexTest(source: string): (value: string) => boolean {
  const pattern = compileRe2(source);
  // The commonest expressions need no engine: alternatives of plain words, and 'anything'.
  if (source === '.*') return () => true;
  if (source === '.+') return (value) => value !== '';
  if (/^[\w|:/@ -]*$/.test(source)) {
    const words = new Set(source.split('|'));
    return (value) => words.has(value);
  }
  return (value) => pattern.test(value);
}

export function matchesAll(matchers: readonly CompiledMatcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labelOf(labels, matcher.name)));
}
