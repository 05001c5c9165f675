import type { Times } from './recurrence.ts';

/** Work on services that is planned: nobody is paged for them, and objectives may leave the time out. Never mutated. */
export interface MaintenanceWindow extends Times {
  /** The document's name, or an id. */
  readonly id: string;
  readonly services: readonly string[];
  readonly reason: string;
  /** Who wrote it down; null where a document did. */
  readonly createdBy: string | null;
}
