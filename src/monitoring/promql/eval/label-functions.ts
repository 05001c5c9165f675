import type { Labels } from '../../series.ts';
import { labelOf, withLabels } from '../labels.ts';
import { compileRe2, expandTemplate } from '../re2.ts';
import { isWellFormed, quote } from '../syntax/strings.ts';
import type { Block } from './block.ts';
import { fail, type Context } from './context.ts';
import { mergeRows } from './merge.ts';

const validName = (name: string): boolean => name !== '' && isWellFormed(name);

function setLabel(block: Block, row: number, name: string, value: string): void {
  block.labels[row] = withLabels(block.labels[row]!, [[name, value]]);
  block.ids[row] = -1;
  // A name that was just given is there to stay.
  if (name === '__name__') block.drop[row] = 0;
}

export function labelReplace(context: Context, block: Block, args: readonly string[]): Block {
  const [target, template, source, pattern] = args as [string, string, string, string];
  let regex: RegExp;
  try {
    regex = compileRe2(pattern);
  } catch {
    return fail(`invalid regular expression in label_replace(): ${pattern}`);
  }
  if (!validName(target)) fail(`invalid destination label name in label_replace(): ${quote(target).slice(1, -1)}`);
  for (let row = 0; row < block.labels.length; row++) {
    const match = regex.exec(labelOf(block.labels[row]!, source));
    if (match !== null) setLabel(block, row, target, expandTemplate(template, match));
  }
  return mergeRows(context, block);
}

export function labelJoin(context: Context, block: Block, args: readonly string[]): Block {
  const [target, separator, ...sources] = args as [string, string, ...string[]];
  const bad = sources.find((name) => !validName(name));
  if (bad !== undefined) fail(`invalid source label name in label_join(): ${quote(bad).slice(1, -1)}`);
  if (!validName(target)) fail(`invalid destination label name in label_join(): ${quote(target).slice(1, -1)}`);
  for (let row = 0; row < block.labels.length; row++) {
    const labels: Labels = block.labels[row]!;
    setLabel(block, row, target, sources.map((name) => labelOf(labels, name)).join(separator));
  }
  return mergeRows(context, block);
}
