/**
 * Sums that lose little to rounding (Kahan, with Neumaier's improvement), as Prometheus sums. `compensation` is what
 * adding `increment` to `sum` lost on the way to `total`, on top of what was `carried` before.
 */

export function compensation(increment: number, sum: number, total: number, carried: number): number {
  if (total === Infinity || total === -Infinity) return 0;
  return Math.abs(sum) >= Math.abs(increment) ? carried + (sum - total + increment) : carried + (increment - total + sum);
}

export function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  let carried = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    const total = sum + value;
    carried = compensation(value, sum, total, carried);
    sum = total;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + carried;
}

/** The mean: directly, and incrementally from where the sum would overflow. */
export function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = values[from]!;
  let carried = 0;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    const total = sum + value;
    const next = compensation(value, sum, total, carried);
    if (total === Infinity || total === -Infinity) return incrementalMean(values, from, i, to, sum, carried);
    sum = total;
    carried = next;
  }
  const count = to - from;
  return sum / count + carried / count;
}

function incrementalMean(values: Float64Array, from: number, at: number, to: number, sum: number, carriedSum: number): number {
  let mean = sum / (at - from);
  let carried = carriedSum / (at - from);
  for (let i = at; i < to; i++) {
    const count = i - from + 1;
    const q = (count - 1) / count;
    const scaled = q * mean;
    const increment = values[i]! / count;
    const total = scaled + increment;
    carried = compensation(increment, scaled, total, q * carried);
    mean = total;
  }
  return mean + carried;
}
