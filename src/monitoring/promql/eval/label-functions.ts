import type { Labels } from '../../series.ts';
import { labelOf, withLabels } from '../labels.ts';
import { compileRe2, expandTemplate } from '../re2.ts';
import { isWellFormed, quote } from '../syntax/strings.ts';
import type { Block } from './block.ts';
import { fail, type Context } from './context.ts';
import { inBatches } from './in-batches.ts';
import { mergeRows } from './merge.ts';

/** Giving a series new labels costs as much as this many cells. */
const RELABELLING = 100;

const validName = (name: string): boolean => name !== '' && isWellFormed(name);

function setLabel(block: Block, row: number, name: string, value: string): void {
  block.labels[row] = withLabels(block.labels[row]!, [[name, value]]);
  block.ids[row] = -1;
  // A name that was just given is there to stay.
  if (name === '__name__') block.drop[row] = 0;
}

export async function labelReplace(context: Context, block: Block, args: readonly string[]): Promise<Block> {
  const [target, template, source, pattern] = args as [string, string, string, string];
  let regex: RegExp;
  try {
    regex = compileRe2(pattern);
  } catch {
    return fail(`invalid regular expression in label_replace(): ${pattern}`);
  }
  if (!validName(target)) fail(`invalid destination label name in label_replace(): ${quote(target).slice(1, -1)}`);
  await inBatches(context, block.labels.length, RELABELLING, (from, to) => {
    for (let row = from; row < to; row++) {
      const match = regex.exec(labelOf(block.labels[row]!, source));
      if (match !== null) setLabel(block, row, target, expandTemplate(template, match));
    }
  });
  return await mergeRows(context, block);
}

export async function labelJoin(context: Context, block: Block, args: readonly string[]): Promise<Block> {
  const [target, separator, ...sources] = args as [string, string, ...string[]];
  const bad = sources.find((name) => !validName(name));
  if (bad !== undefined) fail(`invalid source label name in label_join(): ${quote(bad).slice(1, -1)}`);
  if (!validName(target)) fail(`invalid destination label name in label_join(): ${quote(target).slice(1, -1)}`);
  await inBatches(context, block.labels.length, RELABELLING, (from, to) => {
    for (let row = from; row < to; row++) {
      const labels: Labels = block.labels[row]!;
      setLabel(block, row, target, sources.map((name) => labelOf(labels, name)).join(separator)); // prettier-ignore
    }
  });
  return await mergeRows(context, block);
}
