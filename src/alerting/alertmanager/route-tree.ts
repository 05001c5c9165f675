/** Alertmanager's tree of routes: which receivers an alert goes to, and what of it makes a group (dispatch/route.go). Pure. */
import { parseDuration } from '../../platform/duration.ts';
import type { AlertmanagerSpec, RouteSpec } from './config-spec.ts';
import { formatMatcher, labelTest, type LabelTest, type Matcher } from './matcher.ts';
import type { TimeInterval } from './time-interval.ts';

type Labels = Readonly<Record<string, string>>;

export interface Route {
  /** Where it is in the tree: `0` for the root, `0.2.1`. */
  readonly id: string;
  /** As Alertmanager's group keys have it: `{}/{team="db"}`. */
  readonly key: string;
  readonly matchers: readonly Matcher[];
  readonly matches: LabelTest;
  readonly receiver: string;
  /** The labels that make a group; undefined: all of them (`...`). */
  readonly groupBy: readonly string[] | undefined;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muted: readonly TimeInterval[];
  /** Undefined: always. */
  readonly active: readonly TimeInterval[] | undefined;
  /** The names of `muted` and `active`. */
  readonly mutedNames: readonly string[];
  readonly activeNames: readonly string[];
  readonly continues: boolean;
  readonly routes: readonly Route[];
}

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'>;
const DEFAULTS: Inherited = { receiver: '', groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 };

export function routeTree(spec: AlertmanagerSpec): Route {
  const named = [...(spec.time_intervals ?? []), ...(spec.mute_time_intervals ?? [])];
  const intervals = new Map(named.map((one) => [one.name, one.time_intervals ?? []]));
  return routeOf(spec.route, { ...DEFAULTS, id: '0', key: '' }, intervals);
}

type Parent = Inherited & Pick<Route, 'id' | 'key'>;

function routeOf(spec: RouteSpec, parent: Parent, intervals: ReadonlyMap<string, readonly TimeInterval[]>): Route {
  const matchers = matchersOf(spec);
  const ms = (text: string | null | undefined, inherited: number): number => (text == null ? inherited : parseDuration(text));
  const of = (names: readonly string[] | null | undefined): TimeInterval[] => (names ?? []).flatMap((name) => intervals.get(name) ?? []);
  const groupBy = spec.group_by?.length ? (spec.group_by.includes('...') ? undefined : [...spec.group_by].sort()) : parent.groupBy;
  const own = {
    id: parent.id,
    key: `${parent.key === '' ? '' : `${parent.key}/`}{${matchers.map(formatMatcher).join(',')}}`,
    receiver: spec.receiver ?? parent.receiver,
    groupBy,
    groupWaitMs: ms(spec.group_wait, parent.groupWaitMs),
    groupIntervalMs: ms(spec.group_interval, parent.groupIntervalMs),
    repeatIntervalMs: ms(spec.repeat_interval, parent.repeatIntervalMs),
  };
  return {
    ...own,
    matchers,
    matches: labelTest(matchers),
    muted: of(spec.mute_time_intervals),
    active: spec.active_time_intervals?.length ? of(spec.active_time_intervals) : undefined,
    mutedNames: spec.mute_time_intervals ?? [],
    activeNames: spec.active_time_intervals ?? [],
    continues: spec.continue ?? false,
    routes: (spec.routes ?? []).map((one, i) => routeOf(one, { ...own, id: `${own.id}.${i}` }, intervals)),
  };
}

/** `match`, `match_re` and `matchers` together, in the order of their names. */
export function matchersOf({ match, match_re: matchRe, matchers }: Pick<RouteSpec, 'match' | 'match_re' | 'matchers'>): Matcher[] {
  const old = (map: Readonly<Record<string, string>> | null | undefined, op: Matcher['op']): Matcher[] =>
    Object.entries(map ?? {}).map(([name, value]) => ({ name, op, value }));
  // As Alertmanager writes old expressions in its group keys.
  const anchored = old(matchRe, '=~').map((one) => ({ ...one, value: `^(?:${one.value})$` }));
  const all = [...old(match, '='), ...anchored, ...(matchers ?? []).flat()];
  return all.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value) || compare(a.op, b.op));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The routes that an alert ends at: the deepest that match; the node itself where none of its children does. */
export function routesOf(route: Route, labels: Labels): Route[] {
  if (!route.matches(labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const below = routesOf(child, labels);
    found.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return found.length === 0 ? [route] : found;
}

/** The labels that an alert shares with all of its group. */
export function groupLabels(route: Route, labels: Labels): Record<string, string> {
  const names = route.groupBy ?? Object.keys(labels).sort();
  return Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
}

/** Alertmanager's `groupKey` in its payloads: `{}/{team="db"}:{alertname="Down"}`. */
export function groupKeyOf(route: Route, group: Labels): string {
  const pairs = Object.keys(group)
    .sort()
    .map((name) => `${name}=${JSON.stringify(group[name])}`);
  return `${route.key}:{${pairs.join(', ')}}`;
}

/** All routes of the tree, a parent before its children. */
export const allRoutes = (route: Route): Route[] => [route, ...route.routes.flatMap(allRoutes)];
