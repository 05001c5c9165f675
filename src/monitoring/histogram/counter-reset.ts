import type { Histogram } from '../histogram.ts';
import { align, toSchema, widenZero } from './align.ts';
import { CUSTOM } from './bounds.ts';
import { loosen, withHint } from './make.ts';
import type { Sparse } from './sparse.ts';

/** Whether the counter was reset between two samples: told by the later one, or seen where any of its counts fell. */
export function isReset(now: Histogram, before: Histogram): boolean {
  if (now.resetHint === 'reset') return true;
  if (now.resetHint === 'notReset') return false;
  return fell(now, before);
}

function fell(now: Histogram, before: Histogram): boolean {
  if (now.count < before.count) return true;
  if ((now.schema === CUSTOM) !== (before.schema === CUSTOM)) return true;
  if (now.schema === CUSTOM) {
    const both = align(loosen(now), loosen(before))!;
    return anyFell(both.a.positive, both.b.positive);
  }
  // Without a reset, resolution only falls and the zero bucket only grows.
  if (now.schema > before.schema || now.zeroThreshold < before.zeroThreshold) return true;
  const earlier = toSchema(widenZero(loosen(before), now.zeroThreshold), now.schema);
  const later = loosen(now);
  if (earlier.zeroThreshold !== now.zeroThreshold || now.zeroCount < earlier.zeroCount) return true;
  return anyFell(later.positive, earlier.positive) || anyFell(later.negative, earlier.negative);
}

function anyFell(now: Sparse, before: Sparse): boolean {
  let at = 0;
  for (const [i, index] of before.indexes.entries()) {
    while (at < now.indexes.length && now.indexes[at]! < index) at++;
    if ((now.indexes[at] === index ? now.counts[at]! : 0) < before.counts[i]!) return true;
  }
  return false;
}

const hinted = new WeakMap<Histogram, { readonly before: Histogram; readonly now: Histogram }>();

/**
 * A stored sample with what can be known of a reset before it: a gauge stays one; what follows a histogram without a reset says so, and
 * all else is unknown, for a reset may have happened between samples that a query doesn't see, too.
 */
export function withKnownHint(now: Histogram, before: Histogram | undefined): Histogram {
  if (now.resetHint === 'gauge') return now;
  if (before === undefined || before.resetHint === 'gauge') return withHint(now, 'unknown');
  const known = hinted.get(now);
  if (known?.before === before) return known.now;
  const told = now.resetHint === 'reset' || fell(now, before);
  const result = withHint(now, told ? 'unknown' : 'notReset');
  hinted.set(now, { before, now: result });
  return result;
}
