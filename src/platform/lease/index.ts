export { createLease } from './create-lease.ts';
export { type Lease, LeaseLost } from './lease.ts';
export { leaseMigrations } from './migrations.ts';
