/** histogram_quantile and its kin. Of classic histograms, series that differ in `le` only are one histogram; a native one is a sample. */
import type { Call } from '../syntax/ast.ts';
import { withLabels } from '../labels.ts';
import { formatFloat, formatG } from '../number-format.ts';
import { quote } from '../syntax/strings.ts';
import type { Histogram } from '../../histogram.ts';
import { firstStep, newBlock, timeAt, type Block, type Grid } from './block.ts';
import { bucketFraction, bucketQuantile, type Bucket, type Fixed } from './buckets.ts';
import type { Context } from './context.ts';
import { mergeRows } from './merge.ts';
import { tellingFraction, tellingQuantile } from './native-functions.ts';
import { takeHistograms } from './native-totals.ts';
import { mixedClassic } from './tell-histograms.ts';

interface Histograms {
  readonly bounds: Float64Array;
  /** The block's rows of each histogram. */
  readonly rows: readonly (readonly number[])[];
  /** The native histograms of each, by step. */
  readonly natives: readonly (ReadonlyMap<number, Histogram> | undefined)[];
  /** Each one's metric. */
  readonly names: readonly string[];
  /** A row each, with labels and nothing else. */
  readonly out: () => Block;
}

function gather(context: Context, block: Block, node: Call): Histograms {
  const grouper = context.grouper({ mode: 'all', labels: ['le'] });
  const bounds = new Float64Array(block.labels.length);
  const local = new Map<number, number[]>();
  const natives = nativesByRow(block);
  const nativesOf = new Map<number, ReadonlyMap<number, Histogram>>();
  for (const [row, labels] of block.labels.entries()) {
    const native = natives.get(row);
    if (native !== undefined) {
      const group = grouper.of(labels, block.ids[row]!);
      if (!local.has(group)) local.set(group, []);
      nativesOf.set(group, new Map([...(nativesOf.get(group) ?? []), ...native]));
      if (firstStep(block, row) < 0) continue;
    }
    const bound = parseBound(labels['le'] ?? '');
    bounds[row] = bound;
    if (bound !== bound) {
      const name = labels['__name__'] === undefined ? '' : ` for metric name ${quote(labels['__name__'])}`;
      const shown = `bucket label "le" is missing or has a malformed value of ${quote(labels['le'] ?? '')}${name}`;
      context.warn(shown, node.args.find((arg) => arg.type === 'vector')!.span);
      continue;
    }
    const group = grouper.of(labels, block.ids[row]!);
    const rows = local.get(group);
    if (rows === undefined) local.set(group, [row]);
    else rows.push(row);
  }
  const out = (): Block => {
    const made = newBlock(local.size, block.steps);
    for (const [i, group] of [...local.keys()].entries()) made.labels[i] = grouper.labels[group]!;
    made.ids.fill(-1);
    made.drop.fill(1);
    return made;
  };
  const groups = [...local.keys()];
  return {
    bounds,
    rows: [...local.values()],
    natives: groups.map((group) => nativesOf.get(group)),
    names: groups.map((group) => grouper.labels[group]!['__name__'] ?? ''),
    out,
  };
}

/** The native histograms of each row by step, taken out of the block. */
function nativesByRow(block: Block): Map<number, Map<number, Histogram>> {
  const found = new Map<number, Map<number, Histogram>>();
  for (const [cell, histogram] of block.histograms === undefined ? [] : takeHistograms(block)) {
    const row = Math.floor(cell / block.steps);
    const steps = found.get(row) ?? new Map<number, Histogram>();
    found.set(row, steps.set(cell % block.steps, histogram));
  }
  return found;
}

/** As Go's `strconv.ParseFloat` reads it: no blanks, hexadecimal only with an exponent, `_` between digits. NaN where it isn't a number. */
export function parseBound(given: string): number {
  const text = given.replace(/(?<=[\da-f]|0x)_(?=[\da-f])/gi, '');
  if (/^[+]?inf(?:inity)?$/i.test(text)) return Infinity;
  if (/^-inf(?:inity)?$/i.test(text)) return -Infinity;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  const hex = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d+)$/i.exec(text);
  if (hex === null || text.length > 64) return NaN;
  const [, sign, whole = '', fraction = '', exponent] = hex;
  if (whole + fraction === '') return NaN;
  const size = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}

const vectorOf = (node: Call): Call['args'][number] => node.args.find((arg) => arg.type === 'vector')!;

/** Fills a row for each histogram; `answer` gets fresh buckets. */
async function each(
  context: Context,
  block: Block,
  node: Call,
  { bounds, rows, natives, names, out }: Histograms,
  answer: (buckets: Bucket[], step: number, row: number) => number,
  answerNative: (histogram: Histogram, step: number, metric: string) => number,
): Promise<Block> {
  const result = out();
  for (const [row, members] of rows.entries()) {
    for (let step = 0; step < block.steps; step++) {
      const buckets: Bucket[] = [];
      for (const member of members) {
        const cell = member * block.steps + step;
        if (block.present[cell] === 1) buckets.push({ bound: bounds[member]!, count: block.values[cell]! });
      }
      const native = natives[row]?.get(step);
      if (native !== undefined && buckets.length > 0) mixedClassic(context, names[row]!, vectorOf(node).span);
      if ((native === undefined) === (buckets.length === 0)) continue;
      const value = native === undefined ? answer(buckets, step, row) : answerNative(native, step, names[row]!);
      result.values[row * block.steps + step] = value;
      result.present[row * block.steps + step] = 1;
    }
    if (context.due()) await context.pause();
  }
  return result;
}

export interface Quantiles {
  readonly phis: readonly Float64Array[];
  /** Where each φ stands in the query. */
  readonly spans: readonly Call['args'][number]['span'][];
  /** Under which label each φ is told apart; undefined for the single one of histogram_quantile. */
  readonly label: string | undefined;
}

export async function histogramQuantiles(context: Context, grid: Grid, node: Call, block: Block, quantiles: Quantiles): Promise<Block> {
  const histograms = gather(context, block, node);
  const parts: Block[] = [];
  for (const [i, phis] of quantiles.phis.entries()) {
    const bad = phis.find((phi) => !(phi >= 0 && phi <= 1));
    if (bad !== undefined) context.warn(`quantile value should be between 0 and 1, got ${formatG(bad)}`, quantiles.spans[i]!);
    const forced = new Map<number, Forced>();
    const ofBuckets = (buckets: Bucket[], step: number, row: number): number => {
      const result = bucketQuantile(phis[step]!, buckets);
      if (result.forced !== undefined) note(forced, row, result.forced, timeAt(grid, step));
      return result.value;
    };
    const part = await each(context, block, node, histograms, ofBuckets, (histogram, step, metric) =>
      tellingQuantile(context, phis[step]!, histogram, metric, vectorOf(node).span),
    );
    tellForced(context, node, part, forced);
    const { label } = quantiles;
    if (label !== undefined) {
      const value = openMetricsFloat(phis[0]!);
      part.labels = part.labels.map((labels) => withLabels(labels, [[label, value]]));
    }
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : await mergeRows(context, stack(parts));
}

/** As labels have them: whole numbers with `.0`. */
const openMetricsFloat = (value: number): string => (Number.isInteger(value) ? `${value}.0` : formatFloat(value));

function stack(parts: readonly Block[]): Block {
  const rows = parts.reduce((sum, part) => sum + part.labels.length, 0);
  const out = newBlock(rows, parts[0]!.steps);
  out.labels = parts.flatMap((part) => part.labels);
  out.ids = parts.flatMap((part) => part.ids);
  let row = 0;
  for (const part of parts) {
    out.drop.set(part.drop, row);
    out.values.set(part.values, row * out.steps);
    out.present.set(part.present, row * out.steps);
    row += part.labels.length;
  }
  return out;
}

interface Forced extends Fixed {
  samples: number;
  readonly first: number;
  last: number;
}

function note(forced: Map<number, Forced>, row: number, fixed: Fixed, time: number): void {
  const known = forced.get(row);
  const widest = known === undefined || fixed.difference > known.difference ? fixed : known;
  forced.set(row, { ...widest, samples: (known?.samples ?? 0) + 1, first: known?.first ?? time, last: time });
}

function tellForced(context: Context, node: Call, block: Block, forced: ReadonlyMap<number, Forced>): void {
  for (const [row, { lower, upper, difference, samples, first, last }] of forced) {
    const metric = block.labels[row]!['__name__'];
    const name = metric === undefined ? '' : ` for metric name ${quote(metric)}`;
    const time = (ms: number): string => new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
    const extent = `from buckets ${formatG(lower)} to ${formatG(upper)}, with a max diff of ${formatG(Number(difference.toPrecision(2)))}`;
    context.inform(
      'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
        `${name}, ${extent}, over ${samples} samples from ${time(first)} to ${time(last)}`,
      node.args.find((arg) => arg.type === 'vector')!.span,
    );
  }
}

export async function histogramFraction(
  context: Context,
  node: Call,
  block: Block,
  lower: Float64Array,
  upper: Float64Array,
): Promise<Block> {
  const histograms = gather(context, block, node);
  return await each(
    context,
    block,
    node,
    histograms,
    (buckets, step) => bucketFraction(lower[step]!, upper[step]!, buckets),
    (histogram, step, metric) => tellingFraction(context, lower[step]!, upper[step]!, histogram, metric, vectorOf(node).span),
  );
}
