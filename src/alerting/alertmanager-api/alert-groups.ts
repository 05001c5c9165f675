import { groupLabels, routesOf, type Route } from '../alertmanager/route-tree.ts';
import type { ShownAlert } from './shown-alert.ts';

export interface ShownGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly route: Route;
  readonly alerts: readonly ShownAlert[];
}

/** The alerts as they are told of: by route and by the labels that make a group; sorted by labels, then by receiver. */
export function alertGroups(root: Route, alerts: readonly ShownAlert[]): ShownGroup[] {
  const groups = new Map<string, { labels: Record<string, string>; route: Route; alerts: ShownAlert[] }>();
  for (const shown of alerts) {
    const { labels } = shown.firing.alert;
    for (const route of routesOf(root, labels)) {
      const own = groupLabels(route, labels);
      const id = `${route.id} ${textOf(own)}`;
      const group = groups.get(id) ?? { labels: own, route, alerts: [] };
      group.alerts.push(shown);
      groups.set(id, group);
    }
  }
  return [...groups.values()].sort((a, b) => compare(textOf(a.labels), textOf(b.labels)) || compare(a.route.receiver, b.route.receiver));
}

const textOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => compare(a, b)));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
