import { Breath } from '../../../platform/columns/index.ts';
import { LimitError } from '../../../platform/problem.ts';
import type { EventBook } from '../events/event-book.ts';
import type { SeriesFinder } from '../find/series-finder.ts';
import { FUNCTIONS } from '../functions/function-table.ts';
import type { CallContext } from '../functions/function-spec.ts';
import { GraphiteError } from '../graphite-error.ts';
import type { GraphiteSettings } from '../settings.ts';
import type { CallNode, PathNode, Target, TemplateNode } from '../syntax/ast.ts';
import { parseTarget } from '../syntax/parse-target.ts';
import type { SeriesList, TimeSeries } from '../time-series.ts';
import { checkArguments } from './check-arguments.ts';

export interface Question {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly now: number;
  readonly zone: string;
  readonly xFilesFactor: number;
  /** Values for `template()` over those that it has. */
  readonly template: ReadonlyMap<string, string>;
}

export interface EvaluationDeps {
  readonly finder: SeriesFinder;
  readonly settings: GraphiteSettings;
  readonly maxSamples: number;
  readonly signal: AbortSignal;
  /** Without: there are none. */
  readonly events?: Pick<EventBook, 'find'> | undefined;
}

type Values = ReadonlyMap<string, string | number>;

/** Where a target is evaluated: its time, and what `setXFilesFactor` changed. */
interface Scope {
  readonly from: number;
  readonly until: number;
  xFilesFactor: number;
}

const MOST_CALLS = 20_000;
/** What a series costs beside its values, counted in values. */
const SERIES_COST = 20;

/** Evaluates the targets of one request. */
export class Evaluation {
  readonly #deps: EvaluationDeps;
  readonly #question: Question;
  readonly #breath = new Breath();
  readonly #stacks = new Map<string, number[]>();
  readonly #fetched = new Map<string, Promise<SeriesList>>();
  #spent = 0;
  #calls = 0;

  constructor(deps: EvaluationDeps, question: Question) {
    this.#deps = deps;
    this.#question = question;
  }

  /** The series of all targets, in their order. */
  async targets(texts: readonly string[]): Promise<SeriesList> {
    const { from, until, xFilesFactor } = this.#question;
    const scope: Scope = { from, until, xFilesFactor };
    const all: SeriesList = [];
    for (const text of texts) {
      if (text.trim() === '') continue;
      // One by one: so many at a time are too many arguments.
      for (const series of asSeries(await this.#value(parseTarget(text), scope, undefined), text)) all.push(series);
    }
    return all;
  }

  async #value(target: Target, scope: Scope, values: Values | undefined): Promise<unknown> {
    this.#deps.signal.throwIfAborted();
    switch (target.kind) {
      case 'literal':
        return target.value;
      case 'path':
        return await this.#path(target, scope, values);
      case 'template':
        return await this.#value(target.body, scope, this.#templateValues(target));
      case 'call':
        return await this.#call(target, scope, values);
      default:
        throw new GraphiteError('The target can not be read.');
    }
  }

  #templateValues({ values }: TemplateNode): Values {
    return new Map<string, string | number>([...values, ...this.#question.template]);
  }

  /** A path; where a template's value stands alone in it, that value. */
  async #path({ text }: PathNode, scope: Scope, values: Values | undefined): Promise<unknown> {
    let path = text;
    for (const [name, value] of values ?? []) {
      if (path === `$${name}`) return typeof value === 'string' && /^-?[\d.]+$/.test(value) ? Number(value) : value;
      path = path.replaceAll(`$${name}`, () => String(value));
    }
    return await this.#fetch(`path ${path}`, scope, (finder, fetch) => finder.byPath(path, fetch));
  }

  async #fetch(
    what: string,
    { from, until, xFilesFactor }: Scope,
    find: (finder: SeriesFinder, fetch: Parameters<SeriesFinder['byPath']>[1]) => Promise<SeriesList>,
  ): Promise<SeriesList> {
    const { now, from: asked, until: end } = this.#question;
    const { finder, maxSamples, signal } = this.#deps;
    const key = `${Math.trunc(from)} ${Math.trunc(until)} ${what}`;
    let found = this.#fetched.get(key);
    if (found === undefined) {
      const spend = (values: number): void => this.#spend(values);
      const times = {
        from: Math.trunc(from),
        until: Math.trunc(until),
        now: Math.trunc(now),
        requested: { from: Math.trunc(asked), until: Math.trunc(end) },
      };
      found = find(finder, { ...times, xFilesFactor, maxSamples, signal, breath: this.#breath, spend });
      this.#fetched.set(key, found);
    }
    const list = await found;
    // Functions change what they are given: the same path may be asked for again.
    const copies: SeriesList = [];
    for (const series of list) {
      this.#spend(series.values.length + SERIES_COST);
      copies.push({ ...series, xFilesFactor, values: series.values.slice(), tags: { ...series.tags }, draw: {} });
      if (this.#breath.due) await this.#breath.take();
    }
    return copies;
  }

  async #call(node: CallNode, scope: Scope, values: Values | undefined): Promise<unknown> {
    if (node.name === 'seriesByTag') {
      const expressions = node.args.map((arg) => (arg.kind === 'literal' ? String(arg.value) : ''));
      return await this.#fetch(`tags ${node.raw}`, scope, (finder, fetch) => finder.byTags(expressions, node.raw, fetch));
    }
    if (!FUNCTIONS.has(node.name)) throw new GraphiteError(`There is no function '${node.name.slice(0, 60)}', at position ${node.at}.`);
    const args: unknown[] = [];
    for (const arg of node.args) args.push(await this.#value(arg, scope, values));
    const named = new Map<string, unknown>();
    for (const { name, value } of node.named) named.set(name, await this.#value(value, scope, values));
    return await this.#run(node.name, args, named, scope, node.args, values);
  }

  async #run(
    name: string,
    args: readonly unknown[],
    named: ReadonlyMap<string, unknown>,
    scope: Scope,
    written: readonly Target[],
    values: Values | undefined,
  ): Promise<unknown> {
    if (++this.#calls > MOST_CALLS)
      throw new GraphiteError(`The targets call functions more than ${MOST_CALLS} times, as each window within a window doubles them.`);
    const spec = FUNCTIONS.get(name)!;
    const checked = checkArguments(name, spec, args, named);
    const made = await spec.run(this.#context(scope, written, values), ...(checked as never[]));
    if (this.#breath.due) await this.#breath.take();
    return made;
  }

  #context(scope: Scope, args: readonly Target[], values: Values | undefined): CallContext {
    const { now, zone } = this.#question;
    return {
      start: scope.from,
      end: scope.until,
      now,
      zone,
      get xFilesFactor() {
        return scope.xFilesFactor;
      },
      set xFilesFactor(factor) {
        scope.xFilesFactor = factor;
      },
      args,
      evaluate: async (target, over = {}) => {
        const inner: Scope = { from: over.start ?? scope.from, until: over.end ?? scope.until, xFilesFactor: scope.xFilesFactor };
        if (target === undefined) throw new GraphiteError('A function that asks for another time can not be called by reduceSeries().');
        const parsed = typeof target === 'string' ? parseTarget(target) : target;
        return asSeries(await this.#value(parsed, inner, values), typeof target === 'string' ? target : 'the first argument');
      },
      isAggregator: (name) => FUNCTIONS.get(name)?.aggregator === true,
      call: async (name, given) => {
        if (!FUNCTIONS.has(name)) throw new GraphiteError(`There is no function '${name.slice(0, 60)}'.`);
        return asSeries(await this.#run(name, given, new Map(), scope, [], values), name);
      },
      spend: (count) => this.#spend(count),
      rest: () => (this.#breath.due ? this.#pause() : undefined),
      eventTimes: async (tags) => {
        const { events } = this.#deps;
        const found = await events?.find(Math.trunc(scope.from), Math.trunc(scope.until), tags && { tags, any: false });
        return (found ?? []).map(({ when }) => when);
      },
      stacks: this.#stacks,
    };
  }

  async #pause(): Promise<void> {
    await this.#breath.take();
    this.#deps.signal.throwIfAborted();
  }

  #spend(values: number): void {
    this.#spent += values;
    const { maxValues } = this.#deps.settings;
    if (!(this.#spent <= maxValues)) {
      throw new LimitError(422, 'The request takes too many values: ask for fewer series or a shorter time.', {
        limit: maxValues,
        setting: 'graphite.maxValues',
      });
    }
  }
}

function asSeries(value: unknown, what: string): SeriesList {
  if (Array.isArray(value) && value.every((one) => !Array.isArray(one))) return value as TimeSeries[];
  throw new GraphiteError(`'${what.slice(0, 100)}' gives no series.`);
}
