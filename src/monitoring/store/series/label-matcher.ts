import { badRequest } from '../../../platform/problem.ts';
import { compileRe2 } from '../../promql/re2.ts';
import type { Matcher } from '../../series.ts';

/** Decides on one label's value; an absent label has the value ''. */
export interface ValueTest {
  matches(value: string): boolean;
  /** The only values that can match, where the expression lists them: then no other value need be looked at. */
  readonly values?: readonly string[];
  /** What every matching value begins with. */
  readonly prefix: string;
}

/** Characters with a meaning in an expression; `-` has one only inside a class. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/;

/** The test of `=` and `=~`; for `!=` and `!~` the caller turns the answer around. @throws Problem 400 on a bad expression */
export function valueTest(matcher: Matcher): ValueTest {
  const { op, value } = matcher;
  if (op === '=' || op === '!=') return oneOf([value]);
  const alternatives = literals(value);
  if (alternatives) return oneOf(alternatives);
  const prefix = literalPrefix(value);
  const rest = value.slice(prefix.length);
  if (rest === '.*') return { prefix, matches: (text) => text.startsWith(prefix) };
  if (rest === '.+') return { prefix, matches: (text) => text.length > prefix.length && text.startsWith(prefix) };
  const pattern = compile(matcher);
  return { prefix, matches: (text) => pattern.test(text) };
}

function oneOf(values: readonly string[]): ValueTest {
  const set = new Set(values);
  return { values: [...set], prefix: '', matches: (text) => set.has(text) };
}

/** `a|b\\.c|d`, perhaps in one pair of brackets, as a list; undefined when there is more to the expression. */
function literals(expression: string): readonly string[] | undefined {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(expression)?.[1] ?? expression;
  const plain = inner.replace(/\\[^A-Za-z0-9|]/g, '');
  if (plain.split('|').some((part) => SPECIAL.test(part))) return undefined;
  return inner.split('|').map((part) => part.replace(/\\(.)/gs, '$1'));
}

/** What the expression begins with literally, short of a character that a quantifier follows. */
function literalPrefix(expression: string): string {
  if (expression.includes('|')) return '';
  const end = expression.search(SPECIAL);
  if (end < 0) return expression;
  return /[*+?{]/.test(expression[end] ?? '') && end > 0 ? expression.slice(0, end - 1) : expression.slice(0, end);
}

function compile({ name, value }: Matcher): RegExp {
  try {
    return compileRe2(value);
  } catch (error) {
    throw badRequest(`The expression for label '${name}' can't be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
