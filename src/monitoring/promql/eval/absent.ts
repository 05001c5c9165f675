import type { Labels } from '../../series.ts';
import { withLabels } from '../labels.ts';
import { unwrap, type Expr } from '../syntax/ast.ts';
import { newBlock, singleRow, type Block } from './block.ts';
import { withoutStale, type Windows } from './select.ts';

/** The labels that `absent` can tell from the selector alone, as Prometheus does: those with a single equality, and nothing else after it. */
export function absentLabels(expr: Expr): Labels {
  const inner = unwrap(expr);
  const selector = inner.kind === 'range' ? inner.selector : inner;
  if (selector.kind !== 'selector') return {};
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, op, value } of selector.matchers) {
    if (name === '__name__') continue;
    if (op === '=' && !seen.has(name)) {
      labels.set(name, value);
      seen.add(name);
    } else labels.delete(name);
  }
  return withLabels({}, labels);
}

/** 1 at the steps at which nothing is there. */
function whereNothing(labels: Labels, there: Uint8Array): Block {
  const block = singleRow(labels, new Float64Array(there.length).fill(1));
  for (let step = 0; step < there.length; step++) block.present[step] = there[step] === 0 ? 1 : 0;
  return block.present.includes(1) ? block : newBlock(0, there.length);
}

export function absent(expr: Expr, block: Block): Block {
  const there = new Uint8Array(block.steps);
  for (let cell = 0; cell < block.present.length; cell++) there[cell % block.steps]! |= block.present[cell]!;
  return whereNothing(absentLabels(expr), there);
}

export function absentOverTime(expr: Expr, windows: Windows, steps: number): Block {
  const there = new Uint8Array(steps);
  for (const one of windows.series) {
    const { times, from, to } = withoutStale(one);
    let at = from;
    for (let step = 0; step < steps; step++) {
      const end = windows.ends.first + step * windows.ends.step;
      while (at < to && times[at]! <= end) at++;
      if (at > from && times[at - 1]! > end - windows.range) there[step] = 1;
    }
  }
  return whereNothing(absentLabels(expr), there);
}
