/** `info(v, {…})`: adds the labels of info metrics, such as target_info, that share a series' `job` and `instance`. */
import type { Labels, Matcher } from '../../series.ts';
import { children, type Call, type Expr, type VectorSelector } from '../syntax/ast.ts';
import { compileMatcher } from '../matchers.ts';
import { type Block, newBlock } from './block.ts';
import type { Evaluation } from './calls.ts';
import { fail } from './context.ts';
import { mergeRows } from './merge.ts';
import { instantVector } from './select.ts';

const IDENTIFYING = ['instance', 'job'];
const DEFAULT_METRIC: Matcher = { name: '__name__', op: '=', value: 'target_info' };

export async function info(on: Evaluation, node: Call): Promise<Block> {
  const base = await on.vector(node.args[0]!);
  const selector = node.args[1] as VectorSelector | undefined;
  const wanted = selector?.matchers ?? [];
  const named = wanted.some((matcher) => matcher.name === '__name__');
  const matchers = [...(named ? [] : [DEFAULT_METRIC]), ...wanted];
  const span = selector?.span ?? node.span;
  // As of the time that the series themselves are looked at.
  const { offset, at } = firstSelector(node.args[0]!) ?? { offset: 0, at: undefined };
  const infos = await instantVector(on.context, on.grid, { kind: 'selector', type: 'vector', matchers, offset, at, edge: undefined, span });
  const names = wanted.filter((matcher) => matcher.name !== '__name__');
  // Without an info series that fits, a series stays only if the matchers would take none at all.
  const optional = names.every((matcher) => compileMatcher(matcher).matches(''));
  return combine(on, base, infos, new Set(names.map((matcher) => matcher.name)), optional);
}

function firstSelector(expr: Expr): VectorSelector | undefined {
  if (expr.kind === 'selector') return expr;
  for (const child of children(expr)) {
    const found = firstSelector(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function combine(on: Evaluation, base: Block, infos: Block, names: ReadonlySet<string>, optional: boolean): Block {
  const grouper = on.context.grouper({ mode: 'by', labels: IDENTIFYING });
  const byTarget = new Map<number, number[]>();
  for (const [row, labels] of infos.labels.entries()) {
    const group = grouper.of(labels, infos.ids[row]!);
    byTarget.set(group, [...(byTarget.get(group) ?? []), row]);
  }
  const rows: { from: number; labels: Labels; steps: number[] }[] = [];
  for (const [row, labels] of base.labels.entries()) {
    const partners = byTarget.get(grouper.of(labels, base.ids[row]!)) ?? [];
    const variants = new Map<string, { from: number; labels: Labels; steps: number[] }>();
    for (let step = 0; step < base.steps; step++) {
      if (base.present[row * base.steps + step] === 0) continue;
      const here = partners.filter((partner) => infos.present[partner * infos.steps + step] === 1);
      if (here.length === 0 && !optional) continue;
      const key = here.join(',');
      const variant = variants.get(key) ?? {
        from: row,
        labels: enrich(
          labels,
          here.map((i) => infos.labels[i]!),
          names,
        ),
        steps: [],
      };
      variant.steps.push(step);
      variants.set(key, variant);
    }
    rows.push(...variants.values());
  }
  const out = newBlock(rows.length, base.steps);
  for (const [to, { from, labels, steps }] of rows.entries()) {
    out.labels[to] = labels;
    out.ids[to] = -1;
    out.drop[to] = base.drop[from]!;
    for (const step of steps) {
      out.values[to * base.steps + step] = base.values[from * base.steps + step]!;
      out.present[to * base.steps + step] = 1;
    }
  }
  return mergeRows(on.context, out);
}

/** The series' own labels win; two info metrics may not disagree. */
function enrich(labels: Labels, infos: readonly Labels[], names: ReadonlySet<string>): Labels {
  const added: Record<string, string> = {};
  for (const info of infos) {
    for (const [name, value] of Object.entries(info)) {
      if (name === '__name__' || IDENTIFYING.includes(name) || labels[name] !== undefined) continue;
      if (names.size > 0 && !names.has(name)) continue;
      if (added[name] !== undefined && added[name] !== value) fail(`conflicting label: ${name}`);
      added[name] = value;
    }
  }
  return Object.freeze({ ...labels, ...added });
}
