import { GraphiteError } from '../graphite-error.ts';
import { tagsOfName, type SeriesList, type TimeSeries } from '../time-series.ts';
import { aggregate } from './align.ts';
import { define, type CallContext, type FunctionTable } from './function-spec.ts';
import { groupBy, keyOf, type Node } from './nodes.ts';

/** One series of a group: by an aggregation, or by a function that is named as a callback. */
async function reduceGroup(context: CallContext, group: SeriesList, callback: string): Promise<TimeSeries> {
  const made = context.isAggregator(callback) ? (await context.call(callback, [group]))[0] : await aggregate(context, group, callback);
  if (made === undefined) throw new GraphiteError(`'${callback.slice(0, 60)}' makes no series of a group.`);
  return made;
}

async function groupByNodes(context: CallContext, list: SeriesList, callback: string, ...nodes: Node[]): Promise<SeriesList> {
  const made: SeriesList = [];
  for (const [name, group] of groupBy(list, (series) => keyOf(series, nodes)))
    made.push({ ...(await reduceGroup(context, group, callback)), name });
  return made;
}

async function groupByTags(context: CallContext, list: SeriesList, callback: string, ...tags: string[]): Promise<SeriesList> {
  if (tags.length === 0) throw new GraphiteError('groupByTags() needs a tag.');
  const names = new Set(list.map((series) => series.tags['name']));
  const shared = names.size === 1 ? [...names][0] : callback;
  const key = (series: TimeSeries): string => {
    const pairs = tags.filter((tag) => tag !== 'name').map((tag) => `${tag}=${series.tags[tag] ?? ''}`);
    return [tags.includes('name') ? series.tags['name'] : shared, ...pairs.sort()].join(';');
  };
  const made: SeriesList = [];
  for (const [name, group] of groupBy(list, key))
    made.push({ ...(await reduceGroup(context, group, callback)), name, path: name, tags: tagsOfName(name) });
  return made;
}

const mapSeries = define('Combine', 'seriesList: seriesList!, mapNodes: nodeOrTag!*', 'A list of lists, one for each group of series with the same nodes: what reduceSeries takes.', (_context, list: SeriesList, ...nodes: Node[]) => [
  ...groupBy(list, (series) => keyOf(series, nodes)).values(),
]); // prettier-ignore

const reduceSeries = define(
  'Combine',
  'seriesLists: seriesLists!, reduceFunction: string!, reduceNode: node!, reduceMatchers: string!*',
  'Calls a function with the series of each list whose node is each of the given ones, in this order.',
  async (context, lists: SeriesList[], func: string, node: number, ...matchers: string[]) => {
    const groups = new Map<string, SeriesList[]>();
    for (const series of lists.flat()) {
      const parts = series.name.split('.');
      const at = matchers.indexOf(parts.at(node) ?? '');
      if (at < 0) continue;
      const name = `${parts.slice(0, node).join('.')}.reduce.${func}`;
      const args = groups.get(name) ?? matchers.map((): SeriesList => []);
      args[at] = [series];
      groups.set(name, args);
    }
    const made: SeriesList = [];
    for (const [name, args] of groups) {
      if (args.some((list) => list.length === 0))
        throw new GraphiteError(`'${name.slice(0, 200)}' has no series for one of ${matchers.join(', ')}.`);
      const [first] = await context.call(func, args);
      if (first !== undefined) made.push({ ...first, name });
    }
    return made;
  },
);

const applyByNode = define(
  'Combine',
  'seriesList: seriesList!, nodeNum: node!, templateFunction: string!, newName: string',
  'Evaluates a target for each beginning of the paths up to a node, which stands for % in it.',
  async (context, list: SeriesList, node: number, template: string, newName?: string) => {
    const prefixes = new Set(list.map(({ name }) => name.split('.').slice(0, node + 1).join('.'))); // prettier-ignore
    const last = list.at(-1);
    const made: SeriesList = [];
    for (const prefix of [...prefixes].sort()) {
      for (const series of await context.evaluate(template.replaceAll('%', () => prefix))) {
        if (newName !== undefined && newName !== '') series.name = newName.replaceAll('%', () => prefix);
        made.push({ ...series, path: prefix, start: last!.start, end: last!.end });
      }
    }
    return made;
  },
);

/** Functions that sort series into groups and make one of each. */
export const groupingFunctions: FunctionTable = {
  applyByNode,
  groupByNode: define('Combine', 'seriesList: seriesList!, nodeNum: nodeOrTag!, callback: aggOrSeriesFunc = "average"', 'Combines the series with the same node, and names the result by it.', (context, list: SeriesList, node: Node, callback: string = 'average') => groupByNodes(context, list, callback, node)),
  groupByNodes: define('Combine', 'seriesList: seriesList!, callback: aggOrSeriesFunc!, nodes: nodeOrTag*', 'Combines the series with the same nodes, and names the result by them.', groupByNodes),
  groupByTags: define('Combine', 'seriesList: seriesList!, callback: aggOrSeriesFunc!, tags: tag!*', 'Combines the series with the same values of tags.', groupByTags),
  map: { ...mapSeries, description: 'Short for mapSeries.' },
  mapSeries,
  reduce: { ...reduceSeries, description: 'Short for reduceSeries.' },
  reduceSeries,
}; // prettier-ignore
