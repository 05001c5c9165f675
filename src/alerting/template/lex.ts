/** Splits a template into tokens, as Go's text/template/parse does (lex.go): trim markers and comments are gone afterwards. */
import { TemplateError } from './template-error.ts';

export interface Token {
  readonly kind:
    | 'text'
    | 'left'
    | 'right'
    | 'space'
    | 'word'
    | 'field'
    | 'dot'
    | 'variable'
    | 'number'
    | 'character'
    | 'string'
    | 'raw'
    | 'punctuation'
    | 'end';
  readonly text: string;
  /** In characters of the template. */
  readonly pos: number;
}

const MAX_LENGTH = 100_000;
/** Not the space that belongs to a closing ` -}}`. */
const SPACE = /[ \t\r\n]+?(?=[ \t\r\n]-\}\})|[ \t\r\n]+/y;
const TRIM_LEFT = /\{\{(?:-(?=[ \t\r\n]))?/y;
const RIGHT = /(?:[ \t\r\n]-)?\}\}/y;

/** In the order in which they are tried. */
const INSIDE: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', SPACE],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['raw', /`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\[^\n])*'/y],
  ['variable', /\$\w*/y],
  ['number', /[+-]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['punctuation', /:=|[=|(),]/y],
];
/** What may stand right after a word, a field, a variable or a number. */
const TERMINATES = /^(?:[\s.,|:)(=]|\}\}|$)/;

const at = (pattern: RegExp, text: string, pos: number): string | undefined => {
  pattern.lastIndex = pos;
  return pattern.exec(text)?.[0];
};

/** Throws `TemplateError`. */
export function lex(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new TemplateError(`a template of ${text.length} characters: at most ${MAX_LENGTH} are taken`);
  const tokens: Token[] = [];
  let pos = 0;
  let trims = false;
  for (;;) {
    const open = text.indexOf('{{', pos);
    const end = open < 0 ? text.length : open;
    const left = open < 0 ? '' : at(TRIM_LEFT, text, open)!;
    let plain = text.slice(pos, end);
    const before = plain.length;
    if (trims) plain = plain.replace(/^[ \t\r\n]+/, '');
    const start = pos + before - plain.length;
    if (left.endsWith('-')) plain = trimEnd(plain);
    if (plain !== '') tokens.push({ kind: 'text', text: plain, pos: start });
    if (open < 0) break;
    pos = open + left.length;
    const comment = text.startsWith('/*', left.endsWith('-') ? pos + (at(SPACE, text, pos)?.length ?? 0) : pos);
    const right = comment ? lexComment(text, pos) : lexAction(text, open, pos, tokens);
    trims = right.trims;
    pos = right.pos;
  }
  tokens.push({ kind: 'end', text: '', pos });
  return tokens;
}

/** Without a regular expression: those take the square of a long run of spaces. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function lexComment(text: string, from: number): { pos: number; trims: boolean } {
  const close = text.indexOf('*/', from);
  if (close < 0) throw new TemplateError('unclosed comment', from);
  const right = at(RIGHT, text, close + 2);
  if (right === undefined) throw new TemplateError('comment ends before closing delimiter', from);
  return { pos: close + 2 + right.length, trims: right.includes('-') };
}

function lexAction(text: string, open: number, from: number, tokens: Token[]): { pos: number; trims: boolean } {
  tokens.push({ kind: 'left', text: '{{', pos: open });
  let pos = from;
  let depth = 0;
  for (;;) {
    const right = at(RIGHT, text, pos);
    if (right !== undefined) {
      if (depth > 0) throw new TemplateError('unclosed left paren', pos);
      tokens.push({ kind: 'right', text: '}}', pos });
      return { pos: pos + right.length, trims: right.includes('-') };
    }
    if (pos >= text.length) throw new TemplateError('unclosed action', open);
    const token = tokenAt(text, pos);
    if (token.text === '(') depth++;
    if (token.text === ')' && --depth < 0) throw new TemplateError('unexpected right paren', pos);
    tokens.push(token);
    pos += token.text.length;
  }
}

function tokenAt(text: string, pos: number): Token {
  for (const [kind, pattern] of INSIDE) {
    const found = at(pattern, text, pos);
    if (found === undefined) continue;
    if (/^(?:word|field|variable|number)$/.test(kind)) {
      const after = text.slice(pos + found.length, pos + found.length + 2);
      if (!TERMINATES.test(after))
        throw new TemplateError(
          kind === 'number' ? `bad number syntax: ${JSON.stringify(found + after[0]!)}` : `bad character ${name(after)}`,
          pos,
        );
    }
    return { kind, text: found, pos };
  }
  const c = text[pos]!;
  if (c === '"') throw new TemplateError('unterminated quoted string', pos);
  if (c === '`') throw new TemplateError('unterminated raw quoted string', pos);
  if (c === "'") throw new TemplateError('unterminated character constant', pos);
  if (c === ':') throw new TemplateError('expected :=', pos);
  throw new TemplateError(`unexpected ${JSON.stringify(c)} in an action: bad character ${name(text.slice(pos))}`, pos);
}

const name = (text: string): string => {
  const point = text.codePointAt(0)!;
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(point)}'`;
};
