import { badRequest } from '../../platform/problem.ts';
import type { Matcher } from '../series.ts';

/** Decides on one label's value; an absent label has the value ''. */
export interface ValueTest {
  matches(value: string): boolean;
  /** The only values that can match, where the expression lists them: then no other value need be looked at. */
  readonly values?: readonly string[];
  /** What every matching value begins with. */
  readonly prefix: string;
}

const LONGEST_PATTERN = 4096;
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
  // JavaScript's `.` leaves out line ends, RE2's in Prometheus doesn't.
  if (rest === '.*') return { prefix, matches: (text) => text.startsWith(prefix) };
  if (rest === '.+') return { prefix, matches: (text) => text.length > prefix.length && text.startsWith(prefix) };
  const pattern = compile(matcher);
  return { prefix, matches: (text) => pattern.test(text) };
}

function oneOf(values: readonly string[]): ValueTest {
  const set = new Set(values);
  return { values: [...set], prefix: '', matches: (text) => set.has(text) };
}

/** `a|b|c`, perhaps in one pair of brackets, as a list; undefined when there is more to the expression. */
function literals(expression: string): readonly string[] | undefined {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(expression)?.[1] ?? expression;
  const parts = inner.split('|');
  return parts.some((part) => SPECIAL.test(part)) ? undefined : parts;
}

/** What the expression begins with literally, short of a character that a quantifier follows. */
function literalPrefix(expression: string): string {
  if (expression.includes('|')) return '';
  const end = expression.search(SPECIAL);
  if (end < 0) return expression;
  return /[*+?{]/.test(expression[end] ?? '') && end > 0 ? expression.slice(0, end - 1) : expression.slice(0, end);
}

function compile({ name, value }: Matcher): RegExp {
  if (value.length > LONGEST_PATTERN) {
    throw badRequest(`The expression for label '${name}' has ${value.length} characters; the most is ${LONGEST_PATTERN}.`);
  }
  refuseExplosive(name, value);
  const flags = `su${/^\(\?[a-z]*i[a-z]*\)/.test(value) ? 'i' : ''}`;
  const body = value.replace(/^\(\?[a-z]+\)/, '').replaceAll('(?P<', '(?<');
  for (const mode of [flags, flags.replace('u', '')]) {
    try {
      return new RegExp(`^(?:${body})$`, mode);
    } catch {
      // RE2 takes escapes that JavaScript's Unicode mode doesn't: try without it.
    }
  }
  throw badRequest(`'${value}' for label '${name}' is no expression that can be read.`);
}

/**
 * JavaScript's expressions backtrack where RE2's don't. A repeated group that itself holds a repetition or alternatives
 * (`(a+)+`, `(a|a)*`) can take for ever, and so can many repetitions in a row: refused. Backreferences and lookarounds aren't RE2.
 */
function refuseExplosive(name: string, value: string): void {
  const plain = value.replace(/\\[^1-9k]/g, '_').replace(/\[\^?\]?[^\]]*\]/g, '_');
  const refuse = (why: string): never => {
    throw badRequest(`The expression for label '${name}' ${why}: ${value}`);
  };
  if (/\\[1-9k]/.test(plain)) refuse('has a back reference, which Prometheus does not have either');
  if (/\(\?(?:=|!|<=|<!)/.test(plain)) refuse('has a lookaround, which Prometheus does not have either');
  if ((plain.match(/[*+]|\{\d+,/g)?.length ?? 0) > 12) refuse('has more than 12 repetitions, which could take very long');
  const opened: { risky: boolean }[] = [];
  for (let i = 0; i < plain.length; i++) {
    const c = plain[i] ?? '';
    const repeated = /^(?:[*+]|\{\d+,\d*\}|\{\d{2,}\})/.test(plain.slice(i + (c === ')' ? 1 : 0), i + 12));
    if (c === '(') opened.push({ risky: false });
    else if (c === ')') {
      const group = opened.pop();
      if (repeated && group?.risky) refuse('repeats a group that repeats or chooses inside, which could take very long');
      const outer = opened.at(-1);
      if (outer && (group?.risky || repeated)) outer.risky = true;
    } else if (repeated || c === '|') {
      const group = opened.at(-1);
      if (group) group.risky = true;
    }
  }
}
