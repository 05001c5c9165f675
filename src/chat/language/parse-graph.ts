import type { Command, Misunderstood } from './command.ts';
import type { Reading } from './moment.ts';
import { readSpan, type Span } from './span.ts';
import type { Word } from './words.ts';

const DEFAULT_MS = 3_600_000;
const MOST_NAMES = 4;
/** What only an expression has. */
const PROMQL = /[(){}[\]=*/<>+]/;
/** A path of Graphite, with its wildcards: `servers.*.cpu`. */
const PATH = /^(?=[^.]{1,200}\.)[\w:*?{},[\].-]{1,500}$/;
/** `up*1.5` is arithmetic. */
const NUMBER = /^[\d.]+$|[*-]\d+\.\d+$/;
/** Behind these a length belongs to the expression: `up offset 1h`. */
const JOINS = /^(offset|by|without|on|ignoring|and|or|unless|bool|[-+*/%^<>=!]+)$/i;

/**
 * `graph [me] [span] what [span]`: the span stands first or last, so that a duration inside an expression is left alone. `what` is
 * names behind an `@`, PromQL, or words.
 */
export function parseGraph(text: string, words: readonly Word[], reading: Reading): { command: Command } | Misunderstood {
  const start = words[0]?.text.toLowerCase() === 'me' && words.length > 1 ? 1 : 0;
  const { span, first, last } = takeSpan(words, start, reading);
  const what = words.slice(first, last);
  if (what.length === 0) return { problem: 'What is the graph to show?', suggestion: 'graph checkout errors last 2h' };
  const { from, to } = span ?? { from: reading.now - DEFAULT_MS, to: reading.now };
  const graph = (meant: Extract<Command, { verb: 'graph' }>['graph']) => ({ command: { verb: 'graph', graph: meant, from, to } as const });
  const only = what.length === 1 ? what[0]! : undefined;
  if (only?.quoted) return graph({ by: 'promql', expr: only.text });
  const names = what.map(({ text }) => /^@([^\s@]{1,500}?),?$/.exec(text)?.[1]);
  if (names.every((name) => name !== undefined)) {
    if (names.length > MOST_NAMES) return { problem: `At most ${MOST_NAMES} graphs at a time.`, suggestion: null };
    return graph({ by: 'names', names: [...new Set(names)] });
  }
  if (only !== undefined && PATH.test(only.text) && !NUMBER.test(only.text)) return graph({ by: 'names', names: [only.text] });
  const expr = text.slice(what[0]!.start, what.at(-1)!.end);
  if (PROMQL.test(expr)) return graph({ by: 'promql', expr });
  if (only !== undefined) return graph({ by: 'names', names: [only.text] });
  const said = what.map(({ text }) => text.replace(/^@|[,?]$/g, '').toLowerCase());
  while (said.length > 1 && ['of', 'the', 'for', 'a', 'an', 'our'].includes(said[0]!)) said.shift();
  return graph({ by: 'words', words: said });
}

function takeSpan(words: readonly Word[], start: number, reading: Reading): { span?: Span; first: number; last: number } {
  const texts = words.map(({ text, quoted }) => (quoted ? '' : text));
  const leading = readSpan(texts, start, reading);
  if (leading !== undefined) {
    // 'for', 'of' between the time and what it is of.
    const skip = /^(for|of)$/i.test(texts[start + leading.took] ?? '') ? 1 : 0;
    return { span: leading, first: start + leading.took + skip, last: words.length };
  }
  for (let at = start + 1; at < words.length; at += 1) {
    if (JOINS.test(texts[at - 1]!) || depthBefore(words, at) !== 0) continue;
    const trailing = readSpan(texts, at, reading);
    if (trailing !== undefined && at + trailing.took === words.length) return { span: trailing, first: start, last: at };
  }
  return { first: start, last: words.length };
}

/** How many brackets are open before a word. */
function depthBefore(words: readonly Word[], at: number): number {
  let depth = 0;
  for (const { text } of words.slice(0, at))
    for (const character of text) depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
  return depth;
}
