/** The φ-quantile of numbers by linear interpolation between the two nearest. Sorts `values`; NaN is the smallest. */
export function quantileOf(phi: number, values: Float64Array): number {
  const n = values.length;
  if (n === 0 || phi !== phi) return NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  values.sort();
  // The typed arrays' own sort puts NaN last.
  let nans = 0;
  while (nans < n && values[n - 1 - nans] !== values[n - 1 - nans]) nans++;
  if (nans > 0 && nans < n) {
    values.copyWithin(nans, 0, n - nans);
    values.fill(NaN, 0, nans);
  }
  const rank = phi * (n - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(n - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return values[lower]! * (1 - weight) + values[upper]! * weight;
}
