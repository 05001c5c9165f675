/** `info(v, {…})`: adds the labels of info metrics, such as target_info, that share a series' `job` and `instance`. */
import type { Labels, Matcher } from '../../series.ts';
import { hasLabel, withLabels } from '../labels.ts';
import { compileMatcher, matchesAll } from '../matchers.ts';
import { children, type Call, type Expr, type VectorSelector } from '../syntax/ast.ts';
import { newBlock, type Block } from './block.ts';
import type { Evaluation } from './evaluation.ts';
import { fail } from './context.ts';
import { copyHistograms } from './histogram-cells.ts';
import { mergeRows } from './merge.ts';
import { instantVector } from './select.ts';

const IDENTIFYING = ['instance', 'job'];

/** Which metrics give labels: target_info where nothing is said, anything called so where only exceptions are. */
function nameMatchers(given: readonly Matcher[]): readonly Matcher[] {
  if (given.length === 0) return [{ name: '__name__', op: '=', value: 'target_info' }];
  const positive = given.some(({ op }) => op === '=' || op === '=~');
  return positive ? given : [...given, { name: '__name__', op: '=~', value: '.+_info' }];
}

export async function info(on: Evaluation, node: Call): Promise<Block> {
  const base = await on.vector(node.args[0]!);
  const selector = node.args[1] as VectorSelector | undefined;
  const given = selector?.matchers ?? [];
  const named = nameMatchers(given.filter(({ name }) => name === '__name__'));
  const wanted = given.filter(({ name }) => name !== '__name__');
  // As of the time that the series themselves are looked at.
  const { offset, at } = firstSelector(node.args[0]!) ?? { offset: 0, at: undefined };
  const span = selector?.span ?? node.span;
  const query: VectorSelector = { kind: 'selector', type: 'vector', matchers: [...named, ...wanted], offset, at, edge: undefined, span };
  const infos = await instantVector(on.context, on.grid, query, true);
  return await combine(on, base, infos, {
    names: new Set(wanted.map(({ name }) => name)),
    // Without an info series that fits, a series stays only if the matchers would take none at all.
    optional: wanted.every((matcher) => compileMatcher(matcher).matches('')),
    isInfo: matchesName(named),
  });
}

function matchesName(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const compiled = matchers.map(compileMatcher);
  return (labels) => matchesAll(compiled, labels);
}

function firstSelector(expr: Expr): VectorSelector | undefined {
  if (expr.kind === 'selector') return expr;
  for (const child of children(expr)) {
    const found = firstSelector(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Wanted {
  /** The labels to take; none: all. */
  readonly names: ReadonlySet<string>;
  readonly optional: boolean;
  /** Info metrics themselves get no labels. */
  isInfo(labels: Labels): boolean;
}

interface Variant {
  readonly from: number;
  readonly labels: Labels;
  readonly steps: number[];
}

/** `infos` has times for values. */
async function combine(on: Evaluation, base: Block, infos: Block, wanted: Wanted): Promise<Block> {
  const grouper = on.context.grouper({ mode: 'by', labels: IDENTIFYING });
  const byTarget = new Map<number, number[]>();
  for (const [row, labels] of infos.labels.entries()) {
    const group = grouper.of(labels, infos.ids[row]!);
    byTarget.set(group, [...(byTarget.get(group) ?? []), row]);
  }
  const variants: Variant[] = [];
  for (const [row, labels] of base.labels.entries()) {
    const exempt = wanted.isInfo(labels);
    const partners = exempt ? [] : (byTarget.get(grouper.of(labels, base.ids[row]!)) ?? []);
    variants.push(...variantsOf(base, row, infos, partners, exempt ? { ...wanted, optional: true } : wanted));
  }
  const out = newBlock(variants.length, base.steps);
  for (const [to, { from, labels, steps }] of variants.entries()) {
    out.labels[to] = labels;
    out.ids[to] = -1;
    out.drop[to] = base.drop[from]!;
    for (const step of steps) {
      out.values[to * base.steps + step] = base.values[from * base.steps + step]!;
      copyHistograms(base, from * base.steps + step, out, to * base.steps + step, 1);
      out.present[to * base.steps + step] = 1;
    }
  }
  return await mergeRows(on.context, out);
}

/** A series under each set of labels that it has in the course of the query. */
function variantsOf(base: Block, row: number, infos: Block, partners: readonly number[], { names, optional }: Wanted): Iterable<Variant> {
  const variants = new Map<string, Variant>();
  for (let step = 0; step < base.steps; step++) {
    if (base.present[row * base.steps + step] === 0) continue;
    const here = newest(infos, partners, step);
    if (here.length === 0 && !optional) continue;
    const key = here.join(',');
    let variant = variants.get(key);
    if (variant === undefined) {
      variant = { from: row, labels: enrich(base.labels[row]!, here.map((i) => infos.labels[i]!), names), steps: [] }; // prettier-ignore
      variants.set(key, variant);
    }
    variant.steps.push(step);
  }
  return variants.values();
}

/** Of each info metric the series with the newest sample: labels change, and the old series lingers for the lookback. */
function newest(infos: Block, partners: readonly number[], step: number): number[] {
  const byName = new Map<string, number>();
  for (const row of partners) {
    const cell = row * infos.steps + step;
    if (infos.present[cell] === 0) continue;
    const name = infos.labels[row]!['__name__'] ?? '';
    const other = byName.get(name);
    if (other === undefined || infos.values[cell]! > infos.values[other * infos.steps + step]!) byName.set(name, row);
    else if (infos.values[cell] === infos.values[other * infos.steps + step]) fail(`found duplicate series for info metric ${name}`);
  }
  return [...byName.values()];
}

/** The series' own labels win; two info metrics may not disagree. */
function enrich(labels: Labels, infos: readonly Labels[], names: ReadonlySet<string>): Labels {
  const added = new Map<string, string>();
  for (const info of infos) {
    for (const [name, value] of Object.entries(info)) {
      if (name === '__name__' || IDENTIFYING.includes(name) || hasLabel(labels, name)) continue;
      if (names.size > 0 && !names.has(name)) continue;
      if ((added.get(name) ?? value) !== value) fail(`conflicting label: ${name}`);
      added.set(name, value);
    }
  }
  return withLabels(labels, added);
}
