/**
 * Alertmanager's matchers: `name="value"`, with `=`, `!=`, `=~`, `!~`, the value quoted or bare, a name quoted where it is no
 * classic one; several with commas between, in braces or not. https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
import { compileMatchers, matchesAll, type Matcher } from '../../monitoring/index.ts';

export type { Matcher } from '../../monitoring/index.ts';

/** What is wrong, and where: `at` counts characters from 0. */
export class MatcherError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Longer is none that a person writes. */
const LONGEST = 20_000;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };
const OPERATORS = ['=~', '!~', '!=', '='] as const;
const NAME = /[^\s{}!=~,"'\\]/;

/** `{a="1", b=~"x|y"}`, `a="1",b!=2` or one alone. @throws MatcherError */
export function parseMatchers(text: string): Matcher[] {
  if (text.length > LONGEST) throw new MatcherError(`matchers have at most ${LONGEST} characters`, LONGEST);
  const scan = new Scanner(text);
  const braced = scan.take('{');
  const matchers: Matcher[] = [];
  while (!scan.done && !scan.peek('}')) {
    matchers.push(readMatcher(scan));
    if (!scan.take(',')) break;
  }
  if (braced && !scan.take('}')) throw new MatcherError("'}' is missing", scan.at);
  if (!scan.done) throw new MatcherError(`unexpected ${JSON.stringify(scan.rest(10))}`, scan.at);
  if (matchers.length === 0) throw new MatcherError('there is no matcher: write name="value"', 0);
  const compiled = compileMatchers(matchers);
  if ('problem' in compiled) throw new MatcherError(compiled.problem, 0);
  return matchers;
}

function readMatcher(scan: Scanner): Matcher {
  const name = scan.peek('"') ? scan.quoted() : scan.word(NAME);
  if (name === '') throw new MatcherError('a label name was expected', scan.at);
  const op = OPERATORS.find((one) => scan.take(one));
  if (op === undefined) throw new MatcherError(`one of = != =~ !~ was expected after ${JSON.stringify(name)}`, scan.at);
  const value = scan.peek('"') ? scan.quoted() : scan.bare();
  return { name, op, value };
}

class Scanner {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  rest(length: number): string {
    return this.#text.slice(this.at, this.at + length);
  }

  peek(token: string): boolean {
    return this.#text.startsWith(token, this.at);
  }

  take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.at += token.length;
    this.#skip();
    return true;
  }

  word(characters: RegExp): string {
    const from = this.at;
    while (!this.done && characters.test(this.#text[this.at]!)) this.at++;
    const word = this.#text.slice(from, this.at);
    this.#skip();
    return word;
  }

  /** Up to a comma or a brace that closes all; escapes are read as within quotes. A regular expression may have braces of its own. */
  bare(): string {
    let value = '';
    let depth = 0;
    for (; !this.done; this.at++) {
      const character = this.#text[this.at]!;
      if (character === ',' && depth === 0) break;
      if (character === '}' && --depth < 0) break;
      if (character === '{') depth++;
      if (character === '"') throw new MatcherError('a quote within a bare value: put the value in quotes', this.at);
      value += character === '\\' ? this.#escape() : character;
    }
    return value.trimEnd();
  }

  quoted(): string {
    const from = this.at++;
    let value = '';
    for (; !this.done; this.at++) {
      const character = this.#text[this.at]!;
      if (character === '"') {
        this.at++;
        this.#skip();
        return value;
      }
      value += character === '\\' ? this.#escape() : character;
    }
    throw new MatcherError('the quote is not closed', from);
  }

  /** What isn't an escape stays as it is, as in Alertmanager: expressions are full of backslashes. */
  #escape(): string {
    const next = this.#text[this.at + 1];
    const known = next === undefined ? undefined : ESCAPES[next];
    if (known === undefined) return '\\';
    this.at++;
    return known;
  }

  #skip(): void {
    while (this.at < this.#text.length && /\s/.test(this.#text[this.at]!)) this.at++;
  }
}

/** `name="value"`, as Alertmanager writes it. */
export const formatMatcher = ({ name, op, value }: Matcher): string =>
  `${/^[a-zA-Z_:][\w:]*$/.test(name) ? name : quote(name)}${op}${quote(value)}`;

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Whether all of them match; a label that isn't there is empty. An expression that turns out too slow matches nothing.
 * @throws MatcherError where an expression is none
 */
export function labelTest(matchers: readonly Matcher[]): LabelTest {
  const compiled = compileMatchers(matchers);
  if ('problem' in compiled) throw new MatcherError(compiled.problem, 0);
  return (labels) => {
    try {
      return matchesAll(compiled, labels);
    } catch {
      return false;
    }
  };
}
