import { GraphiteError } from '../graphite-error.ts';
import type { CallNode, LiteralNode, Target } from './ast.ts';

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 64;
/** What ends a path unless it is escaped; braces are taken up by their own. */
const SYMBOLS = new Set('(){},.\'"\\|');
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE]-?\d+)?(?=\s*(?:[,)]|$))/y;
const SPACE = /\s*/y;
const WORD = /(?:true|false|none|inf)(?=\s*(?:[,)]|$))/iy;
const WORDS: Readonly<Record<string, LiteralNode['value']>> = { true: true, false: false, none: null, inf: Infinity };

/**
 * Parses one target as graphite-web's grammar has it: nested calls, strings, numbers, booleans, named arguments, paths with
 * globs, `template()` and pipes. What follows a complete expression is refused, where graphite-web would ignore it.
 * @throws GraphiteError that names the position
 */
export function parseTarget(source: string): Target {
  if (source.length > MAX_LENGTH) throw new GraphiteError(`The target has ${source.length} characters, at most ${MAX_LENGTH} are taken.`);
  return new Parser(source).whole();
}

class Parser {
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  whole(): Target {
    const target = this.expression();
    this.skip();
    if (this.at < this.source.length) throw this.error('the end');
    return target;
  }

  /** A call, a template or a path, and what it is piped through: `a.b | scale(2)` is `scale(a.b, 2)`. */
  private expression(): Target {
    if (++this.depth > MAX_DEPTH) throw new GraphiteError(`The target is nested deeper than ${MAX_DEPTH} levels, at position ${this.at}.`);
    let target = this.unpiped();
    for (this.skip(); this.source[this.at] === '|'; this.skip()) {
      this.at++;
      this.skip();
      const at = this.at;
      const name = this.match(NAME);
      if (name === undefined) throw this.error('the name of a function after |');
      const call = this.call(name, at);
      target = { ...call, args: [target, ...call.args] };
    }
    this.depth--;
    return target;
  }

  private unpiped(): Target {
    this.skip();
    const at = this.at;
    const name = this.match(NAME);
    if (name !== undefined) {
      const after = this.at;
      this.skip();
      if (this.source[this.at] === '(') return name === 'template' ? this.template(at) : this.call(name, at);
      this.at = after;
    }
    this.at = at;
    return this.path();
  }

  private call(name: string, at: number): CallNode {
    this.expect('(');
    const args: Target[] = [];
    const named: { name: string; value: Target; at: number }[] = [];
    this.skip();
    while (this.source[this.at] !== ')') {
      if (args.length + named.length > 0) this.expect(',');
      this.skip();
      const start = this.at;
      const key = this.argumentName();
      const value = this.argument();
      if (key !== undefined) named.push({ name: key, value, at: start });
      else if (named.length > 0) throw new GraphiteError(`An unnamed argument follows a named one, at position ${start}.`);
      else args.push(value);
      this.skip();
    }
    this.at++;
    return { kind: 'call', name, args, named, raw: this.source.slice(at, this.at), at };
  }

  private template(at: number): Target {
    this.expect('(');
    const body = this.unpiped();
    const values = new Map<string, string | number>();
    for (this.skip(); this.source[this.at] !== ')'; this.skip()) {
      this.expect(',');
      this.skip();
      const start = this.at;
      const key = this.argumentName() ?? String(values.size + 1);
      const value = this.argument();
      if (value.kind !== 'literal' || value.value === null || typeof value.value === 'boolean')
        throw new GraphiteError(`template() takes only strings and numbers after its expression, at position ${start}.`);
      values.set(key, value.value);
    }
    this.at++;
    return { kind: 'template', body, values, at };
  }

  /** The name before `=`, if there is one here. */
  private argumentName(): string | undefined {
    const start = this.at;
    const name = this.match(NAME);
    this.skip();
    if (name !== undefined && this.source[this.at] === '=') {
      this.at++;
      return name;
    }
    this.at = start;
    return undefined;
  }

  private argument(): Target {
    this.skip();
    const at = this.at;
    const word = this.match(WORD);
    if (word !== undefined) return { kind: 'literal', value: WORDS[word.toLowerCase()]!, at };
    const number = this.match(NUMBER);
    if (number !== undefined) return { kind: 'literal', value: Number(number), at };
    const quote = this.source[at];
    return quote === '"' || quote === "'" ? this.string(quote) : this.expression();
  }

  /** As written between its quotes: a backslash before a quote keeps it from ending the string, and stays. */
  private string(quote: string): LiteralNode {
    const at = this.at++;
    while (this.source[this.at] !== quote) {
      if (this.at >= this.source.length) throw new GraphiteError(`The string that begins at position ${at} is not closed.`);
      this.at += this.source[this.at] === '\\' ? 2 : 1;
    }
    this.at++;
    return { kind: 'literal', value: this.source.slice(at + 1, this.at - 1), at };
  }

  private path(): Target {
    const at = this.at;
    let braces = 0;
    for (;;) {
      const c = this.source[this.at];
      if (c === undefined || /\s/.test(c)) break;
      if (c === '\\' && this.at + 1 < this.source.length) this.at += 2;
      else if (c === '{' || (c === '}' && braces > 0)) {
        braces += c === '{' ? 1 : -1;
        this.at++;
      } else if ((c === ',' && braces > 0) || c === '.' || !SYMBOLS.has(c)) this.at++;
      else break;
    }
    if (braces > 0) throw new GraphiteError(`A brace that opens in the path at position ${at} is not closed.`);
    const text = this.source.slice(at, this.at);
    if (text === '' || text.startsWith('.') || text.endsWith('.') || text.includes('..')) throw this.error('a path, a function or a value');
    return { kind: 'path', text, at };
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skip(): void {
    this.match(SPACE);
  }

  private expect(symbol: string): void {
    this.skip();
    if (this.source[this.at] !== symbol) throw this.error(`'${symbol}'`);
    this.at++;
  }

  private error(wanted: string): GraphiteError {
    const c = this.source[this.at];
    const found = c === undefined ? 'it ends' : `there is '${c}'`;
    return new GraphiteError(`The target can't be read at position ${this.at}: ${wanted} is expected, and ${found}.`, {
      position: this.at,
    });
  }
}
