import { PromQLSyntaxError } from './syntax-error.ts';
import { quote, unquote } from './strings.ts';

const SPACE = /(?:[ \t\r\n]+|#[^\n]*)+/y;
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const DURATION = /(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?/y;
const NUMBER = /0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['nan', NaN],
]);
const UNIT_SECONDS: Readonly<Record<string, number>> = { y: 31_536_000, w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

/** Reads the text of a query piece by piece: the parser says what kind of piece it expects. */
export class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
    this.skip();
  }

  /** Past blanks and comments. */
  skip(): void {
    this.match(SPACE);
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  fail(reason: string, position = this.position): never {
    throw new PromQLSyntaxError(this.text, position, reason);
  }

  /** Names what stands here and says what would be right. */
  unexpected(wanted: string): never {
    return this.fail(`unexpected ${this.describe()}, expected ${wanted}`);
  }

  /** The next symbol, if it is `symbol`, consumed. */
  take(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.position)) return false;
    this.position += symbol.length;
    this.skip();
    return true;
  }

  expect(symbol: string, where: string): void {
    if (!this.take(symbol)) this.unexpected(`"${symbol}" ${where}`);
  }

  peek(): string {
    return this.text[this.position] ?? '';
  }

  /** The identifier here, not consumed; empty where there is none. Colons belong to it. */
  peekWord(): string {
    const start = this.position;
    const word = this.match(WORD);
    this.position = start;
    return word;
  }

  /** Consumes the word, which `peekWord` returned. */
  advance(word: string): void {
    this.position += word.length;
    this.skip();
  }

  /** Consumes the keyword (in any case of letters) if it stands here. */
  takeKeyword(keyword: string): boolean {
    const word = this.peekWord();
    if (word.toLowerCase() !== keyword) return false;
    this.advance(word);
    return true;
  }

  labelName(): string | undefined {
    const name = this.match(LABEL);
    if (name === '') return undefined;
    this.skip();
    return name;
  }

  string(): string | undefined {
    const mark = this.peek();
    if (mark !== '"' && mark !== "'" && mark !== '`') return undefined;
    const start = this.position;
    let i = start + 1;
    while (i < this.text.length && this.text[i] !== mark) {
      if (mark !== '`' && this.text[i] === '\n') break;
      i += mark !== '`' && this.text[i] === '\\' ? 2 : 1;
    }
    if (this.text[i] !== mark) this.fail(`unterminated ${mark === '`' ? 'raw' : 'quoted'} string: close it with ${mark}`, start);
    const value = unquote(this.text.slice(start + 1, i), mark);
    if (typeof value !== 'string') {
      const at = start + 1 + value.badEscape;
      this.fail(
        `unknown escape sequence ${quote(this.text.slice(at, at + 2))}: write the backslash twice, or the string in backquotes`,
        at,
      );
    }
    this.position = i + 1;
    this.skip();
    return value;
  }

  /** An unsigned number or duration (in seconds). */
  number(): number | undefined {
    const start = this.position;
    const duration = this.match(DURATION);
    const value = duration === '' ? this.plainNumber() : seconds(duration);
    if (value === undefined) return undefined;
    if (/[a-zA-Z0-9_.]/.test(this.peek())) {
      const rest = /^[a-zA-Z0-9_.]*/.exec(this.text.slice(start))![0];
      this.fail(`bad number or duration syntax: ${quote(rest)}; write a number as 1.5 or 1e3 and a duration as 1h30m`, start);
    }
    this.skip();
    return value;
  }

  private plainNumber(): number | undefined {
    const digits = this.match(NUMBER);
    if (digits !== '') return parseNumber(digits);
    const word = this.peekWord();
    const special = SPECIAL_NUMBERS.get(word.toLowerCase());
    if (special !== undefined) this.position += word.length;
    return special;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private describe(): string {
    if (this.atEnd) return 'end of input';
    const rest = this.text.slice(this.position);
    const piece =
      /^(?:[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9.][a-zA-Z0-9_.]*|[=!<>]=|=~|!~)/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0)!);
    return quote(piece.slice(0, 60));
  }
}

/** A leading zero means octal where all digits fit, as for Go. */
function parseNumber(digits: string): number {
  const plain = digits.replaceAll('_', '');
  return /^0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain);
}

function seconds(duration: string): number {
  let total = 0;
  for (const [, count, unit] of duration.matchAll(/(\d+)([a-z]+)/g)) total += Number(count) * 1000 * UNIT_SECONDS[unit!]!;
  return Math.round(total) / 1000;
}
