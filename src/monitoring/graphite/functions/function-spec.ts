import type { Target } from '../syntax/ast.ts';
import type { SeriesList } from '../time-series.ts';

/** Where and when a function is asked. */
export interface CallContext {
  /** Seconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly now: number;
  /** IANA name of the zone that days begin in. */
  readonly zone: string;
  /** Of what is made from here on. `setXFilesFactor` changes it. */
  xFilesFactor: number;
  /** The arguments as they were written. */
  readonly args: readonly Target[];
  /** What an argument or a target gives, perhaps over another time. */
  evaluate(target: Target | string | undefined, over?: { readonly start?: number; readonly end?: number }): Promise<SeriesList>;
  /** Whether a function of that name makes one series of several. */
  isAggregator(name: string): boolean;
  /** Calls a function by its name, as one of another's arguments may ask. */
  call(name: string, args: readonly unknown[]): Promise<SeriesList>;
  /** Counts values against what one request may make. @throws LimitError */
  spend(values: number): void;
  /** To be awaited between series: lets others on the event loop go on, and gives up where nobody waits any more. */
  rest(): Promise<void> | undefined;
  /** When events with all of these tags were (of all events: undefined), in seconds since the epoch, from the start to the end. */
  eventTimes(tags: readonly string[] | undefined): Promise<readonly number[]>;
  /** What `stacked` has added up so far, by the stack's name. */
  readonly stacks: Map<string, number[]>;
}

export type ParameterType =
  | 'aggFunc' | 'aggOrSeriesFunc' | 'any' | 'boolean' | 'date' | 'float' | 'intOrInf' | 'intOrInterval' | 'integer' | 'interval' | 'node'
  | 'nodeOrTag' | 'seriesList' | 'seriesLists' | 'string' | 'tag'; // prettier-ignore

/** As `/functions` tells it, which Grafana's editor is made from. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly default?: string | number | boolean;
  readonly options?: readonly (string | number | boolean)[];
  readonly suggestions?: readonly (string | number)[];
}

export type Group =
  | 'Alias' | 'Calculate' | 'Combine' | 'Filter Data' | 'Filter Series' | 'Graph' | 'Sorting' | 'Special' | 'Transform'; // prettier-ignore

export type Result = SeriesList | readonly SeriesList[] | Promise<SeriesList>;

export interface FunctionSpec {
  readonly group: Group;
  readonly parameters: readonly Parameter[];
  /** One sentence, or a few. */
  readonly description: string;
  /** Whether `groupByNode` and its like take it for a callback. */
  readonly aggregator: boolean;
  /** The arguments are of their parameters' types; what was left out is undefined or the default; the rest comes as more arguments. */
  run(context: CallContext, ...args: never[]): Result;
}

export type FunctionTable = Readonly<Record<string, FunctionSpec>>;

type Extra = Pick<Parameter, 'options' | 'suggestions'>;

/**
 * Declares a function. `parameters` is short for their list: `seriesList: seriesList!, n: integer = 1, nodes: nodeOrTag*`, where
 * `!` is required and `*` any number of them. `extras` gives options and suggestions by a parameter's name.
 */
export function define(
  group: Group,
  parameters: string,
  description: string,
  run: FunctionSpec['run'],
  extras: Readonly<Record<string, Extra>> = {},
): FunctionSpec {
  return { group, description, aggregator: false, run, parameters: readParameters(parameters, extras) };
}

function readParameters(text: string, extras: Readonly<Record<string, Extra>>): Parameter[] {
  return text.split(', ').map((part) => {
    const [, name = '', type = '', marks = '', fallback] = /^(\w+): (\w+)([!*]*)(?: = (.+))?$/.exec(part)!;
    return {
      name,
      type: type as ParameterType,
      ...(marks.includes('!') && { required: true }),
      ...(marks.includes('*') && { multiple: true }),
      ...(fallback !== undefined && { default: fallback === 'INF' ? Infinity : (JSON.parse(fallback) as string | number | boolean) }),
      ...extras[name],
    };
  });
}

export const aggregator = (spec: FunctionSpec): FunctionSpec => ({ ...spec, aggregator: true });
