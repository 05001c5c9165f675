import type { Catalog } from '../../catalog/index.ts';
import { alertmanagerConfig } from './alertmanager-kind.ts';
import type { GroupRouter } from './group-router.ts';

/** Takes alerts that fire down the tree again when another alertmanager.yml is in force. Returns what begins that, once alerts are known. */
export function followConfig(catalog: Catalog, router: Pick<GroupRouter, 'reroute'>): () => Promise<void> {
  const inForce = (): string => JSON.stringify(alertmanagerConfig(catalog.current())?.spec ?? null);
  let known: string | undefined;
  const reroute = (): void => {
    // Where the database is away, the alerts go down the tree as they change, and at the next start.
    void router.reroute().catch(() => undefined);
  };
  catalog.onChange(() => {
    if (known === undefined || known === inForce()) return;
    known = inForce();
    reroute();
  });
  return async () => {
    const first = known === undefined;
    known = inForce();
    if (first && known !== 'null') await router.reroute();
  };
}
