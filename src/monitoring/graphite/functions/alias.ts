import { aggregationNamed, AGGREGATION_NAMES, lastOf, maxOf, minOf } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { general, reprOf, roundTo, withPrefix } from '../python-format.ts';
import { pythonRegExp, substitute } from '../python-regexp.ts';
import type { SeriesList } from '../time-series.ts';
import { define, type FunctionTable } from './function-spec.ts';
import { keyOf, type Node } from './nodes.ts';

const LIST = 'seriesList: seriesList!';

const named = (list: SeriesList, name: (given: string, series: SeriesList[number]) => string): SeriesList => {
  for (const series of list) series.name = name(series.name, series);
  return list;
};

/** The innermost argument's nodes from `start` to `stop`; to the end where `stop` is 0. */
function substringOf(name: string, start: number, stop: number): string {
  const right = name.indexOf(')');
  const inner = name.slice(name.lastIndexOf('(') + 1, right < 0 ? undefined : right);
  return inner.split('.').slice(start, stop === 0 ? undefined : stop).join('.').replace(/,.*$/s, ''); // prettier-ignore
}

/** `%s`, `%d`, `%g`, `%f` and `%.2f` of the one value. */
const formatted = (text: string, value: number): string =>
  text.replace(/%(?:\.(\d))?([sdgf%])/g, (_whole, digits: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    if (kind === 'd') return String(Math.trunc(value));
    if (kind === 'f') return roundTo(value, Number(digits ?? 6)).toFixed(Number(digits ?? 6));
    return kind === 'g' ? general(value) : reprOf(value);
  });

function legendValue(_context: unknown, list: SeriesList, ...given: string[]): SeriesList {
  const system = ['si', 'binary'].find((name) => name === given.at(-1));
  for (const kind of system === undefined ? given : given.slice(0, -1)) {
    const whole = kind === 'count';
    for (const series of list) {
      const value = AGGREGATION_NAMES.includes(kind) ? aggregationNamed(kind)(series.values) : undefined;
      const plain = value === undefined ? '(?)' : value !== value ? 'None' : whole ? String(value) : reprOf(value);
      if (system === undefined) series.name += ` (${kind}: ${plain})`;
      else {
        const scaled = value === undefined || value !== value ? plain : withUnit(value, system, '');
        series.name = series.name.padEnd(20) + kind.padEnd(5) + scaled.padEnd(10);
      }
    }
  }
  return list;
}

/** `%.2f`. */
const twoDigits = (value: number): string => roundTo(value, 2).toFixed(2);

const withUnit = (value: number, system: string, units: string): string => {
  const [scaled, prefix] = withPrefix(value, system);
  return `${twoDigits(scaled)}${units === '' ? '' : ' '}${prefix}${units}`;
};

const longest = (list: SeriesList, text: (series: SeriesList[number]) => string): number =>
  list.reduce((most, series) => Math.max(most, text(series).length), 0);

function cactiStyle(_context: unknown, list: SeriesList, system?: string, units?: string): SeriesList {
  const show = (value: number): string => (system ? withUnit(value, system, units ?? '') : twoDigits(value) + (units ? ` ${units}` : ''));
  const columns = [lastOf, maxOf, minOf].map((of) => {
    const width = longest(list, ({ values }) => show(Math.trunc(of(values) || 3))) + 3;
    return (values: Float64Array): string => (of(values) === of(values) ? show(of(values)) : 'nan').padEnd(width);
  });
  const widest = longest(list, ({ name }) => name);
  const [current, most, least] = columns as [
    (values: Float64Array) => string,
    (values: Float64Array) => string,
    (values: Float64Array) => string,
  ];
  return named(list, (name, { values }) => `${name.padEnd(widest)} Current:${current(values)} Max:${most(values)} Min:${least(values)} `);
}

const aliasByNode = (_context: unknown, list: SeriesList, ...nodes: Node[]): SeriesList =>
  named(list, (_name, series) => keyOf(series, nodes));

/** Functions that give series other names. */
export const aliasFunctions: FunctionTable = {
  alias: define('Alias', `${LIST}, newName: string!`, 'Names every series so.', (_context, list: SeriesList, newName: string) => named(list, () => newName)),
  aliasByMetric: define('Alias', LIST, 'Names each series by the last node of its path.', (_context, list: SeriesList) => named(list, (name) => substringOf(name, -1, 0))),
  aliasByNode: define('Alias', `${LIST}, nodes: nodeOrTag!*`, 'Names each series by nodes of its path, or by tags.', aliasByNode),
  aliasByTags: define('Alias', `${LIST}, tags: nodeOrTag!*`, 'Names each series by tags, or by nodes of its path.', aliasByNode),
  aliasQuery: define('Alias', `${LIST}, search: string!, replace: string!, newName: string!`, 'Names each series by the last value of another, whose target is made of the name by search and replace; %d in the new name stands for it.', async (context, list: SeriesList, search: string, replace: string, newName: string) => {
    for (const series of list) {
      const query = substitute(pythonRegExp(search), replace, series.name);
      const [other] = await context.evaluate(query);
      if (other === undefined) throw new GraphiteError(`aliasQuery() finds no series by '${query.slice(0, 200)}'.`);
      const value = lastOf(other.values);
      if (value !== value) throw new GraphiteError(`aliasQuery() finds no value in '${other.name.slice(0, 200)}'.`);
      series.name = formatted(newName, value);
    }
    return list;
  }),
  aliasSub: define('Alias', `${LIST}, search: string!, replace: string!`, 'Replaces what a regular expression matches in the names; \\1 stands for its first group.', (_context, list: SeriesList, search: string, replace: string) => {
    const pattern = pythonRegExp(search);
    return named(list, (name) => substitute(pattern, replace, name));
  }),
  cactiStyle: define('Special', `${LIST}, system: string, units: string`, "Adds the last, greatest and least value to the names, in columns as Cacti's.", cactiStyle, { system: { options: ['si', 'binary'] } }),
  legendValue: define('Alias', `${LIST}, valuesTypes: string*`, 'Adds values of the series to the names, such as last, avg or max; with a system of units as the last of them.', legendValue, { valuesTypes: { options: [...AGGREGATION_NAMES, 'si', 'binary'] } }),
  substr: define('Special', `${LIST}, start: node = 0, stop: node = 0`, 'Names each series by the nodes of its path from one place up to another.', (_context, list: SeriesList, start: number = 0, stop: number = 0) => named(list, (name) => substringOf(name, start, stop))),
  toLowerCase: define('Alias', `${LIST}, pos: node*`, 'Makes the names lower case, or the characters at these places.', (_context, list: SeriesList, ...places: number[]) => named(list, (name) => atPlaces(name, places, (text) => text.toLowerCase()))),
  toUpperCase: define('Alias', `${LIST}, pos: node*`, 'Makes the names upper case, or the characters at these places.', (_context, list: SeriesList, ...places: number[]) => named(list, (name) => atPlaces(name, places, (text) => text.toUpperCase()))),
}; // prettier-ignore

const atPlaces = (name: string, places: readonly number[], change: (text: string) => string): string => {
  if (places.length === 0) return change(name);
  const at = new Set(places.map((place) => (place < 0 ? place + name.length : place)));
  return Array.from(name, (c, i) => (at.has(i) ? change(c) : c)).join('');
};
