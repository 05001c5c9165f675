import type { ResourceProblem } from '../../catalog/index.ts';
import type { AlertmanagerSpec, RouteSpec } from './config-spec.ts';

type Path = readonly (string | number)[];

/** What one field can't say: names that nothing has, two of one name, a root that leaves something out. As Alertmanager refuses it. */
export function checkConfig(spec: AlertmanagerSpec): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  const error = (path: Path, message: string, hint?: string): void =>
    void problems.push({ path, severity: 'error', message, ...(hint !== undefined && { hint }) });
  const receivers = named(spec.receivers, ['receivers'], 'receiver', error);
  const intervals = new Set<string>();
  for (const key of ['time_intervals', 'mute_time_intervals'] as const)
    for (const name of named(spec[key], [key], 'time interval', error, intervals)) intervals.add(name);

  const { route: root } = spec;
  if (root.receiver == null) error(['route'], 'the root route has no receiver', 'every alert that no other route takes goes to it');
  if ((root.matchers?.length ?? 0) + size(root.match) + size(root.match_re) > 0)
    error(['route'], 'the root route must not have matchers: all alerts enter there');
  if (root.continue === true) error(['route', 'continue'], 'the root route has no sibling to continue with');
  for (const key of ['mute_time_intervals', 'active_time_intervals'] as const)
    if (root[key]?.length) error(['route', key], 'the root route must not have time intervals: put them into a route below it');

  const look = (route: RouteSpec, path: Path): void => {
    if (route.receiver != null && !receivers.has(route.receiver))
      error([...path, 'receiver'], `there is no receiver '${route.receiver}'`, hintOf(receivers));
    for (const key of ['mute_time_intervals', 'active_time_intervals'] as const)
      route[key]?.forEach((name, i) => {
        if (!intervals.has(name)) error([...path, key, i], `there is no time interval '${name}'`, hintOf(intervals));
      });
    const groupBy = route.group_by ?? [];
    if (groupBy.includes('...') && groupBy.length > 1)
      error([...path, 'group_by'], "'...' means all labels: nothing else may stand beside it");
    if (new Set(groupBy).size < groupBy.length) error([...path, 'group_by'], 'a label is named twice');
    route.routes?.forEach((one, i) => look(one, [...path, 'routes', i]));
  };
  look(root, ['route']);
  return problems;
}

const size = (map: object | null | undefined): number => Object.keys(map ?? {}).length;
const hintOf = (known: ReadonlySet<string>): string =>
  known.size === 0 ? 'there are none' : `there are ${[...known].slice(0, 10).join(', ')}`;

function named(
  list: readonly { readonly name: string }[] | null | undefined,
  path: Path,
  what: string,
  error: (path: Path, message: string) => void,
  others: ReadonlySet<string> = new Set(),
): Set<string> {
  const names = new Set<string>();
  list?.forEach(({ name }, i) => {
    if (names.has(name) || others.has(name)) error([...path, i, 'name'], `another ${what} is called '${name}', too`);
    names.add(name);
  });
  return names;
}
