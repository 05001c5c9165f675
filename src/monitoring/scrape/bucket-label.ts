/** The value of a label `le` or `quantile`, as OpenMetrics and Prometheus 3 write it: Go's shortest `%g`, and never an integer (`1.0`). */
export function bucketLabel(bound: number): string {
  if (bound !== bound) return 'NaN';
  if (bound === Infinity) return '+Inf';
  if (bound === -Infinity) return '-Inf';
  const size = Math.abs(bound);
  if (bound === 0) return Object.is(bound, -0) ? '-0.0' : '0.0';
  // JavaScript's shortest digits are Go's; only where the exponent begins differs.
  const [digits, exponent] = bound.toExponential().split('e') as [string, string];
  if (size >= 1e-4 && Number(exponent) < 6) return plain(bound);
  return `${digits}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
}

const plain = (bound: number): string => {
  const text = String(bound);
  return text.includes('.') ? text : `${text}.0`;
};
