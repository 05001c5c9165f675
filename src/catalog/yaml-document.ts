import { Composer, CST, type Document, isCollection, isScalar, Lexer, LineCounter, type Node, Parser, visit, type YAMLError } from 'yaml';
import type { Path, Position } from './place.ts';
import { keyName, offsetOf, offsetWithin } from './yaml-offset.ts';
import { explainYamlError } from './yaml-problem.ts';

export interface SyntaxProblem extends Position {
  readonly message: string;
  readonly hint?: string;
}

export interface YamlDocument {
  /** What is written, as plain values; undefined where the document can't be read. */
  readonly value: unknown;
  readonly problems: readonly SyntaxProblem[];
  /**
   * Where the value (or the key) at `path` is written; where there is none, where what should hold it is.
   * `within` is a place in the text that the value is, such as that of an error in a query.
   */
  locate(path: Path, aim?: 'key' | 'value', within?: Position): Position;
}

/** Deeper than anyone writes; the composer calls itself for each level, and would end the process on a stack overflow. */
const MAX_DEPTH = 100;
const MAX_ALIASES = 1_000;
/** Values after aliases are followed: bounds what a few nested anchors may grow to. */
const MAX_VALUES = 200_000;
/** Beyond these the rest is consequence. */
const MAX_SYNTAX_PROBLEMS = 3;

/** Reads the documents of a file. Comments alone are no document. Never throws for what is written in the text. */
export function parseYaml(text: string): YamlDocument[] {
  const lines = new LineCounter();
  const found: YamlDocument[] = [];
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    const before = text.slice(0, nul).split('\n');
    const at = { line: before.length, column: before.at(-1)!.length + 1 };
    return [{ value: undefined, problems: [{ ...at, message: 'there is a NUL character here' }], locate: () => at }];
  }
  // Keys are checked for duplicates below: the library compares each with each, which takes minutes for a large mapping.
  const composer = new Composer({ uniqueKeys: false, merge: true, logLevel: 'silent', prettyErrors: false });
  try {
    for (const document of composer.compose(boundedTokens(text, lines))) {
      const read = readDocument(document, text, lines);
      if (read !== undefined) found.push(read);
    }
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    const at = position(lines, error.offset);
    found.push({ value: undefined, problems: [{ ...at, message: error.message }], locate: () => at });
  }
  return found;
}

class TooComplex extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The tokens of the text, as `Parser.parse` gives them, but ending with an error before a stack could overflow. */
function* boundedTokens(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) throw new TooComplex(`nested more than ${MAX_DEPTH} levels deep`, parser.offset);
    if (CST.tokenType(lexeme) === 'alias' && ++aliases > MAX_ALIASES)
      throw new TooComplex(`more than ${MAX_ALIASES} aliases in one file`, parser.offset);
  }
  yield* parser.end();
}

function readDocument(document: Document, text: string, lines: LineCounter): YamlDocument | undefined {
  if (document.contents === null && document.errors.length === 0) return undefined;
  if (isScalar(document.contents) && document.contents.value === null && document.errors.length === 0) return undefined;
  const locate = (path: Path, aim: 'key' | 'value' = 'value', within?: Position): Position => {
    const offset = offsetOf(document, path, aim);
    return position(lines, within === undefined ? offset : (offsetWithin(document, path, text, within) ?? offset));
  };
  const problems: SyntaxProblem[] = [...document.errors, ...document.warnings]
    .sort((a, b) => a.pos[0] - b.pos[0])
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error) => ({ ...position(lines, startOfError(document, error)), ...explainYamlError(error) }));
  if (problems.length === 0) problems.push(...meaningProblems(document, lines));
  try {
    // A document with errors still tells its kind and name, so that references to it don't dangle too.
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (countValues(value, MAX_VALUES) <= MAX_VALUES) return { value, problems, locate };
    problems.push({ ...locate([]), message: `more than ${MAX_VALUES} values in one document` });
  } catch (error) {
    const message = (error as Error).message.startsWith('Excessive')
      ? `aliases of aliases grow to more than ${MAX_VALUES} values`
      : `not valid YAML: ${(error as Error).message}`;
    if (problems.length === 0) problems.push({ ...locate([]), message });
  }
  return { value: undefined, problems, locate };
}

/** What is well-formed but can't be meant: keys given twice, keys that are not text, aliases of nothing. */
function meaningProblems(document: Document, lines: LineCounter): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const add = (node: Node, message: string, hint: string): void =>
    void (problems.length < MAX_SYNTAX_PROBLEMS && problems.push({ ...position(lines, node.range?.[0] ?? 0), message, hint }));
  const anchors = new Set<string>();
  visit(document, {
    Node(_, node) {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  visit(document, {
    Alias(_, alias) {
      if (!anchors.has(alias.source))
        add(alias, `there is no anchor '&${alias.source}'`, "a value that begins with '*' needs quotes around it");
    },
    Map(_, map) {
      const seen = new Map<string, Node>();
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          if (isCollection(key)) add(key, 'a key must be plain text', "a value that begins with '{' or '[' needs quotes around it");
          continue;
        }
        const name = keyName(key);
        const first = seen.get(name);
        if (first === undefined) seen.set(name, key);
        else if (name !== '<<') {
          const { line } = position(lines, first.range?.[0] ?? 0);
          add(key, `the key '${name}' is given twice, first in line ${line}`, 'keep one of them');
        }
      }
    },
  });
  return problems;
}

/** The library tells where a missing quote is missed, at the end; the reader looks for where it was opened. */
function startOfError(document: Document, error: YAMLError): number {
  let offset = error.pos[0];
  if (!error.message.startsWith('Missing closing')) return offset;
  visit(document, {
    Scalar(_, { range }) {
      if (range && range[0] < error.pos[0]) offset = range[0];
    },
  });
  return offset;
}

function countValues(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const inner of Object.values(value)) {
    count += countValues(inner, limit);
    if (count > limit) break;
  }
  return count;
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
