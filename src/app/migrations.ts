import { accessMigrations } from '../access/index.ts';
import { alertingMigrations } from '../alerting/index.ts';
import { catalogMigrations } from '../catalog/index.ts';
import { chatMigrations } from '../chat/index.ts';
import { deliveryMigrations, mailboxMigrations } from '../delivery/index.ts';
import { experimentsMigrations } from '../experiments/index.ts';
import { incidentsMigrations } from '../incidents/index.ts';
import { ledgerMigrations } from '../ledger/index.ts';
import { graphsMigrations, usageMigrations } from '../monitoring/index.ts';
import { objectivesMigrations } from '../objectives/index.ts';
import { oncallMigrations } from '../oncall/index.ts';
import { jobsMigrations } from '../platform/jobs/index.ts';
import { leaseMigrations } from '../platform/lease/index.ts';
import type { Migration } from '../platform/sql/index.ts';
import { postmortemsMigrations } from '../postmortems/index.ts';

/** The whole schema of the state, in the order in which it is made. */
export const migrations = (): Migration[] => [
  ...jobsMigrations,
  ...leaseMigrations,
  ...ledgerMigrations,
  ...accessMigrations,
  ...catalogMigrations,
  ...deliveryMigrations,
  ...mailboxMigrations,
  ...graphsMigrations,
  ...objectivesMigrations,
  ...alertingMigrations,
  ...oncallMigrations,
  ...incidentsMigrations,
  ...postmortemsMigrations,
  ...experimentsMigrations,
  ...usageMigrations,
  ...chatMigrations,
];
