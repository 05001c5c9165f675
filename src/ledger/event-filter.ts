import type { LedgerEvent } from './contract.ts';

/** As in `eventsQuery`: what is left out matches everything. */
export interface EventFilter {
  readonly kind?: string | undefined;
  readonly service?: string | undefined;
  readonly subject?: string | undefined;
}

/** Whether `kind` is one of `pattern`: kinds separated by commas, `page.*` for every kind that begins with `page.`. */
export function matchesKind(kind: string, pattern: string): boolean {
  return pattern.split(',').some((one) => {
    const wanted = one.trim();
    return wanted.endsWith('.*') ? kind.startsWith(wanted.slice(0, -1)) : kind === wanted;
  });
}

/** The same choice that `Ledger.read` makes in the table. */
export function matchesFilter(event: LedgerEvent, { kind, service, subject }: EventFilter): boolean {
  return (
    (kind === undefined || matchesKind(event.kind, kind)) &&
    (service === undefined || event.service === service) &&
    (subject === undefined || event.subject === subject)
  );
}
