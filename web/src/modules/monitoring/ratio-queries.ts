type Tree = Readonly<Record<string, unknown>>;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((tree, key) => (typeof tree === 'object' && tree !== null ? (tree as Tree)[key] : undefined), value);

const WINDOW = '5m';

/** Events a second of a counter's query, as an OpenSLO document writes it: bare, in a rate, or in an increase. */
function perSecond(query: string): string {
  const bare = query.trim();
  if (/\b(rate|irate)\s*\(/.test(bare)) return bare;
  if (/\bincrease\s*\(/.test(bare)) return bare.replace(/\bincrease\s*\(/g, 'rate(');
  const selector = /^[\w:]*(\{[^{}]*\})?/.exec(bare)?.[0] ?? '';
  if (selector !== '' && selector === bare) return `sum(rate(${bare}[${WINDOW}]))`;
  const summed = /^sum\s*\(\s*([\w:]*(?:\{[^{}]*\})?)\s*\)$/.exec(bare)?.[1];
  return summed === undefined ? bare : `sum(rate(${summed}[${WINDOW}]))`;
}

/** The queries that draw an OpenSLO ratio objective; undefined for a document of another shape. */
export function ratioQueries(spec: unknown): { bad: string; traffic: string } | undefined {
  const ratio = at(spec, 'indicator', 'spec', 'ratioMetric');
  // As written, or as the catalog keeps it: `good: query`.
  const queryOf = (side: string): string | undefined => {
    const found = at(ratio, side, 'metricSource', 'spec', 'query') ?? at(ratio, side);
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const [good, bad, total] = [queryOf('good'), queryOf('bad'), queryOf('total')];
  if (total === undefined) return undefined;
  const traffic = perSecond(total);
  // `or 0 *` keeps the line at zero while nothing has gone wrong yet and the bad series don't exist.
  if (bad !== undefined) return { traffic, bad: `((${perSecond(bad)}) or 0 * (${traffic})) / (${traffic})` };
  return good === undefined ? undefined : { traffic, bad: `1 - (${perSecond(good)}) / (${traffic})` };
}
