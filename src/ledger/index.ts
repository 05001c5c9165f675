export { createLedger, ledgerMigrations, type Ledger, type NewEvent } from './ledger.ts';
export { createLedgerRoutes, type LedgerRoutes } from './routes.ts';
export type { EventsPage, EventsQuery, LedgerEvent } from './contract.ts';
