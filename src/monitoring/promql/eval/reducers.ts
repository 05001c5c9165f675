import type { Aggregation } from '../syntax/ast.ts';
import type { Block } from './block.ts';
import { compensation } from './kahan.ts';

/** How each aggregation takes rows in. Longer than most: six loops that are alike and must stay apart, for speed. */

/** The cells of an aggregation: `out` of group g at step s is at `g * steps + s`. */
export interface Reduction {
  readonly of: Int32Array;
  readonly out: Block;
  readonly counts: Float64Array;
  /** What Kahan's sum carries; for the variance the mean, for avg the mean's as well. */
  readonly carried: Float64Array;
}

export interface Reducer {
  /** Takes in the rows `from` to `to` (exclusive). */
  add(block: Block, from: number, to: number, reduction: Reduction): void;
  finish?(reduction: Reduction): void;
}

const sum: Reducer = {
  add(block, from, to, { of, out, carried }) {
    const { steps, present, values } = block;
    const { present: there, values: sums } = out;
    for (let row = from; row < to; row++) {
      let cell = of[row]! * steps;
      const end = (row + 1) * steps;
      for (let i = row * steps; i < end; i++, cell++) {
        if (present[i] === 0) continue;
        const value = values[i]!;
        if (there[cell] === 0) {
          there[cell] = 1;
          sums[cell] = value;
          continue;
        }
        const before = sums[cell]!;
        const total = before + value;
        carried[cell] = compensation(value, before, total, carried[cell]!);
        sums[cell] = total;
      }
    }
  },
  finish({ out, carried }) {
    for (let i = 0; i < carried.length; i++) out.values[i]! += carried[i]!;
  },
};

/** Cells whose sum would overflow go on with the mean: they are marked by a 2 until the end. */
const INCREMENTAL = 2;

const avg: Reducer = {
  add(block, from, to, { of, out, counts, carried }) {
    const { steps, present, values } = block;
    for (let row = from; row < to; row++) {
      let cell = of[row]! * steps;
      for (let i = row * steps; i < (row + 1) * steps; i++, cell++) {
        if (present[i] === 0) continue;
        const value = values[i]!;
        const count = ++counts[cell]!;
        const before = out.values[cell]!;
        if (count === 1) {
          out.values[cell] = value;
          out.present[cell] = 1;
        } else if (out.present[cell] === 1) {
          const total = before + value;
          if (total === Infinity || total === -Infinity) {
            out.present[cell] = INCREMENTAL;
            out.values[cell] = before / (count - 1);
            carried[cell]! /= count - 1;
            addToMean(out.values, carried, cell, value, count);
          } else {
            carried[cell] = compensation(value, before, total, carried[cell]!);
            out.values[cell] = total;
          }
        } else addToMean(out.values, carried, cell, value, count);
      }
    }
  },
  finish({ out, counts, carried }) {
    for (let i = 0; i < counts.length; i++) {
      if (out.present[i] === 1) out.values[i] = out.values[i]! / counts[i]! + carried[i]! / counts[i]!;
      else if (out.present[i] === INCREMENTAL) {
        out.values[i]! += carried[i]!;
        out.present[i] = 1;
      }
    }
  },
};

function addToMean(means: Float64Array, carried: Float64Array, cell: number, value: number, count: number): void {
  const q = (count - 1) / count;
  const scaled = q * means[cell]!;
  const increment = value / count;
  const total = scaled + increment;
  carried[cell] = compensation(increment, scaled, total, q * carried[cell]!);
  means[cell] = total;
}

const extreme = (sign: 1 | -1): Reducer => ({
  add(block, from, to, { of, out }) {
    const { steps, present, values } = block;
    for (let row = from; row < to; row++) {
      let cell = of[row]! * steps;
      for (let i = row * steps; i < (row + 1) * steps; i++, cell++) {
        if (present[i] === 0) continue;
        const value = values[i]!;
        const best = out.values[cell]!;
        // NaN gives way to any number.
        if (out.present[cell] === 0 || value * sign > best * sign || best !== best) out.values[cell] = value;
        out.present[cell] = 1;
      }
    }
  },
});

const tally = (grow: boolean): Reducer => ({
  add(block, from, to, { of, out }) {
    const { steps, present } = block;
    for (let row = from; row < to; row++) {
      let cell = of[row]! * steps;
      for (let i = row * steps; i < (row + 1) * steps; i++, cell++) {
        if (present[i] === 0) continue;
        out.present[cell] = 1;
        out.values[cell] = grow ? out.values[cell]! + 1 : 1;
      }
    }
  },
});

/** Welford's: the mean is kept in `carried`. */
const variance = (root: boolean): Reducer => ({
  add(block, from, to, { of, out, counts, carried: means }) {
    const { steps, present, values } = block;
    for (let row = from; row < to; row++) {
      let cell = of[row]! * steps;
      for (let i = row * steps; i < (row + 1) * steps; i++, cell++) {
        if (present[i] === 0) continue;
        const value = values[i]!;
        const count = ++counts[cell]!;
        const delta = value - means[cell]!;
        means[cell] = count === 1 ? value : means[cell]! + delta / count;
        out.values[cell] = count === 1 ? (value - value === 0 ? 0 : NaN) : out.values[cell]! + delta * (value - means[cell]!);
        out.present[cell] = 1;
      }
    }
  },
  finish({ out, counts }) {
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const variance = out.values[i]! / counts[i]!;
      out.values[i] = root ? Math.sqrt(variance) : variance;
    }
  },
});

export const newReduction = (of: Int32Array, out: Block): Reduction => ({
  of,
  out,
  counts: new Float64Array(out.values.length),
  carried: new Float64Array(out.values.length),
});

const REDUCERS = {
  sum,
  avg,
  min: extreme(-1),
  max: extreme(1),
  count: tally(true),
  group: tally(false),
  stdvar: variance(false),
  stddev: variance(true),
} as const satisfies Record<string, Reducer>;

/** Of an aggregation without a parameter. */
export const reducerOf = ({ op }: Aggregation): Reducer => REDUCERS[op as keyof typeof REDUCERS];
