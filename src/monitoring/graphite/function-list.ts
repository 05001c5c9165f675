import type { FunctionSpec, Parameter } from './functions/function-spec.ts';
import { FUNCTIONS } from './functions/function-table.ts';
import { AGGREGATION_NAMES } from './aggregations.ts';
import { notFound } from '../../platform/problem.ts';

interface FunctionJson {
  readonly name: string;
  readonly function: string;
  readonly description: string;
  readonly module: string;
  readonly group: string;
  readonly params: readonly Parameter[];
}

const callbacks = (): string[] => [
  ...AGGREGATION_NAMES,
  ...[...FUNCTIONS].filter(([, { aggregator }]) => aggregator).map(([name]) => name),
];

const written = (value: Parameter['default']): string => {
  if (value === undefined) return 'None';
  if (value === Infinity) return 'inf';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : typeof value === 'string' ? `'${value}'` : String(value);
};

/** As a call: `movingAverage(seriesList, windowSize, xFilesFactor=None)`. */
function signature(name: string, { parameters }: FunctionSpec): string {
  const parts = parameters.map((one) => (one.multiple ? `*${one.name}` : one.required ? one.name : `${one.name}=${written(one.default)}`));
  return `${name}(${parts.join(', ')})`;
}

function describe(name: string, spec: FunctionSpec): FunctionJson {
  const params = spec.parameters.map((one) => (one.type === 'aggOrSeriesFunc' ? { ...one, options: callbacks() } : one));
  const call = signature(name, spec);
  return {
    name,
    function: call,
    description: `${call}\n\n${spec.description}`,
    module: 'graphite.render.functions',
    group: spec.group,
    params,
  };
}

/** An endless default is written as a number that JSON.parse reads so. */
const toText = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (one === Infinity ? '\u0000endless' : one)).replaceAll('"\\u0000endless"', '1e9999');

/** The answer of `/functions`: by name, or by group and name; perhaps of one group alone. */
export function functionList(params: URLSearchParams): string {
  const group = params.get('group');
  const all = [...FUNCTIONS].map(([name, spec]) => describe(name, spec)).filter((one) => group === null || one.group === group);
  if (!['1', 'true'].includes((params.get('grouped') ?? '').toLowerCase()))
    return toText(Object.fromEntries(all.map((one) => [one.name, one])));
  const groups: Record<string, Record<string, FunctionJson>> = {};
  for (const one of all) (groups[one.group] ??= {})[one.name] = one;
  return toText(groups);
}

/** The answer of `/functions/{name}`. @throws Problem 404 */
export function functionDetails(name: string): string {
  const spec = FUNCTIONS.get(name);
  if (spec === undefined) throw notFound('function', name.slice(0, 100));
  return toText(describe(name, spec));
}
