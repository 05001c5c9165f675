import type { Clock } from '../platform/clock.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { AccessStore } from './access-store.ts';

export interface AccessRoutesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: AccessStore;
  /** Whether browsers reach nines over TLS, so that the cookie may insist on it. */
  readonly secureCookie: boolean;
  /** Called after anything that changes who may come in. */
  forget(): void;
}
