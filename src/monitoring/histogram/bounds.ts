/** The schema of custom boundaries (classic histograms kept as native ones). */
export const CUSTOM = -53;
export const LOWEST_SCHEMA = -4;
export const HIGHEST_SCHEMA = 8;

/**
 * The bounds of one power of two, from 0.5, by schema. Odd ones by multiplication, even ones from the schema below, from the root
 * that ends in …475: so they are those of Prometheus' own table to the last bit.
 */
const tables: Float64Array[] = [Float64Array.of(0.5), Float64Array.of(0.5, 1 / Math.SQRT2)];

function tableOf(schema: number): Float64Array {
  for (let next = tables.length; next <= schema; next++) {
    const coarser = tables[next - 1]!;
    const factor = 2 ** (2 ** -next);
    const table = new Float64Array(2 ** next);
    table[0] = 0.5;
    for (let i = 1; i < table.length; i++) table[i] = i % 2 === 0 ? coarser[i / 2]! : table[i - 1]! * factor;
    tables.push(table);
  }
  return tables[schema]!;
}

/** The upper bound of a positive exponential bucket: 2^(index · 2^-schema). The last one that a number may be in ends at the largest number. */
export function exponentialBound(schema: number, index: number): number {
  const exponent = schema < 0 ? index * 2 ** -schema : Math.floor(index / 2 ** schema);
  const within = schema < 0 ? 0 : index - exponent * 2 ** schema;
  if (exponent > 1024 || (exponent === 1024 && within > 0)) return Infinity;
  if (exponent === 1024) return Number.MAX_VALUE;
  if (within === 0) return 2 ** exponent;
  const fraction = tableOf(schema)[within]!;
  // In two steps: neither may leave the range of numbers alone.
  return exponent > 1000 ? fraction * 2 ** exponent * 2 : fraction * 2 * 2 ** exponent;
}

/** The upper bound of a positive bucket. */
export function upperBound(schema: number, index: number, customValues: readonly number[] | undefined): number {
  if (schema !== CUSTOM) return exponentialBound(schema, index);
  if (index < 0) return -Infinity;
  return customValues?.[index] ?? Infinity;
}
