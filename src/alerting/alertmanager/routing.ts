import type { Catalog, ResourceSet } from '../../catalog/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import { alertmanagerConfig } from './alertmanager-kind.ts';
import type { AlertmanagerSpec } from './config-spec.ts';
import { routeTree, type Route } from './route-tree.ts';

/** The tree of routes in force, and what goes with it. */
export interface Routing {
  /** The file that it stands in; null where there is none. */
  readonly file: string | null;
  readonly spec: AlertmanagerSpec | undefined;
  readonly root: Route;
  readonly receivers: readonly string[];
  readonly resolveTimeoutMs: number;
}

const RESOLVE_TIMEOUT = '5m';
/** Without an alertmanager.yml, all alerts are nines' own. */
const OWN: AlertmanagerSpec = { route: { receiver: 'nines' } };

function routingOf(set: ResourceSet): Routing {
  const config = alertmanagerConfig(set);
  const spec = config?.spec ?? OWN;
  return {
    file: config?.file ?? null,
    spec: config?.spec,
    root: routeTree(spec),
    receivers: (spec.receivers ?? [{ name: 'nines' }]).map(({ name }) => name),
    resolveTimeoutMs: parseDuration(spec.global?.resolve_timeout ?? RESOLVE_TIMEOUT),
  };
}

/** What is in force now; worked out once for each change of the documents. */
export function createRouting(catalog: Catalog): () => Routing {
  let known: { set: ResourceSet; routing: Routing } | undefined;
  return () => {
    const set = catalog.current();
    if (known?.set !== set) known = { set, routing: routingOf(set) };
    return known.routing;
  };
}
