/** The series of one classic histogram, or of one summary. */
export interface HistogramFamily {
  readonly count: number;
  readonly sum: number;
  /** One a bucket (the last is `le="+Inf"`), or one a quantile. */
  readonly parts: Uint32Array;
}

/** A boundary as Prometheus writes it in `le` and `quantile`: never with an exponent. */
export function boundaryText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  const size = Math.abs(value);
  const sign = value < 0 ? '-' : '';
  const text = String(size);
  if (!text.includes('e')) return sign + text;
  if (size >= 1) return sign + BigInt(size).toString();
  const [digits = '', exponent = '0'] = text.split('e');
  return `${sign}0.${'0'.repeat(-Number(exponent) - 1)}${digits.replace('.', '')}`;
}
