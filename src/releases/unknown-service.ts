import { nearest, type ResourceSet } from '../catalog/index.ts';

/** What to tell a sender whose service has no document: the change is kept all the same. */
export function unknownService(set: ResourceSet, service: string): string | undefined {
  if (set.get('Service', service) !== undefined) return undefined;
  const close = nearest(
    service,
    set.list('Service').map(({ name }) => name),
  );
  return `No Service document is named '${service}'${close === undefined ? '.' : `: did you mean '${close}'?`} The change is kept under the name given.`;
}
