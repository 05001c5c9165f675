import { GraphiteError } from '../graphite-error.ts';
import type { FunctionSpec, Parameter } from '../functions/function-spec.ts';
import { parseTimeOffset } from '../time/time-offset.ts';

/**
 * The arguments of a call in the order and of the types of the function's parameters, what was left out being undefined.
 * @throws GraphiteError that names the function and the parameter
 */
export function checkArguments(name: string, spec: FunctionSpec, args: readonly unknown[], named: ReadonlyMap<string, unknown>): unknown[] {
  const { parameters } = spec;
  const rest = parameters.at(-1)?.multiple === true ? parameters.at(-1) : undefined;
  if (args.length > parameters.length && rest === undefined)
    throw new GraphiteError(`${name}() takes ${parameters.length} arguments at most, and there are ${args.length}.`);
  const checked: unknown[] = args.map((arg, i) => check(name, parameters[i] ?? rest!, arg));
  const left = new Map(named);
  for (const parameter of parameters.slice(args.length)) {
    const value = left.get(parameter.name);
    left.delete(parameter.name);
    if (parameter.required && (value === undefined || value === null))
      throw new GraphiteError(`${name}() needs the argument '${parameter.name}'.`);
    if (parameter !== rest || value !== undefined) checked.push(value === undefined ? undefined : check(name, parameter, value));
  }
  const [unknown] = left.keys();
  if (unknown !== undefined) throw new GraphiteError(`${name}() has no argument '${unknown}', or has it twice.`);
  return checked;
}

function check(name: string, parameter: Parameter, value: unknown): unknown {
  if (value === null && (!parameter.required || parameter.default !== undefined)) return undefined;
  // Once a flag, of which nothing is left to say.
  if (parameter.name === 'alignTo' && typeof value === 'boolean') return undefined;
  const converted = convert(parameter.type, value);
  if (converted === undefined)
    throw new GraphiteError(`${name}() takes ${expected(parameter)} for '${parameter.name}', and not ${shown(value)}.`);
  return converted;
}

const isSeriesList = (value: unknown): boolean => Array.isArray(value) && value.every((one) => !Array.isArray(one));

const isNumeric = (value: unknown): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value));

/** The value as a parameter's type; undefined where it is none. */
function convert(type: Parameter['type'], value: unknown): unknown {
  switch (type) {
    case 'seriesList':
      return isSeriesList(value) ? value : undefined;
    case 'seriesLists':
      return Array.isArray(value) && value.every(isSeriesList) ? value : undefined;
    case 'any':
      return !Array.isArray(value) || isSeriesList(value) ? value : undefined;
    case 'float':
      return typeof value === 'boolean' ? Number(value) : isNumeric(value) ? Number(value) : undefined;
    case 'node':
    case 'integer':
      return typeof value === 'boolean'
        ? Number(value)
        : isNumeric(value) && Number.isSafeInteger(Number(value))
          ? Number(value)
          : undefined;
    case 'intOrInf':
      return isNumeric(value) && (Number.isSafeInteger(Number(value)) || Number(value) === Infinity) ? Number(value) : undefined;
    case 'boolean':
      return toBoolean(value);
    case 'interval':
      return typeof value === 'string' && isInterval(value) ? value : undefined;
    case 'intOrInterval':
      return (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && isInterval(value)) ? value : undefined;
    case 'date':
    case 'nodeOrTag':
      return typeof value === 'number' || typeof value === 'string' ? value : undefined;
    default:
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }
}

function isInterval(text: string): boolean {
  try {
    return Math.abs(parseTimeOffset(text)) > 0;
  } catch {
    return false;
  }
}

const toBoolean = (value: unknown): boolean | undefined => {
  const text = String(value).toLowerCase();
  if (typeof value === 'boolean' || text === 'true' || text === 'false') return text === 'true';
  return value === 0 || value === 1 ? value === 1 : undefined;
};

const EXPECTED: Partial<Record<Parameter['type'], string>> = {
  seriesList: 'series', seriesLists: 'lists of series', float: 'a number', integer: 'a whole number', node: "a node's place", intOrInf: 'a whole number or inf',
  boolean: 'true or false', interval: "a span of time such as '1h'", intOrInterval: "a number of points or a span of time such as '5min'",
  date: 'a time', nodeOrTag: "a node's place or a tag", 
}; // prettier-ignore
const expected = ({ type }: Parameter): string => EXPECTED[type] ?? 'a text in quotes';

const shown = (value: unknown): string =>
  Array.isArray(value) ? 'series: texts stand in quotes' : (JSON.stringify(value)?.slice(0, 60) ?? 'nothing');
