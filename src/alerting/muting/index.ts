/**
 * Muting: what holds a page back, and only the page.
 *
 * - It stands between alerts and pages: `sieve` runs in the transaction that changes an alert. Evaluation, the series ALERTS and
 *   the ledger know nothing of it.
 * - Reasons are stages, asked one after the other (`stages.ts`): silences, maintenance, inhibition, dependencies. Flapping is
 *   told once, and what follows is held until it is calm.
 * - What people know of each alert is in `alert_notices`: told, held, muted by what. The job `alerting.muting` looks at all of
 *   them anew when something may have changed (an edit, an edge of a silence, an alert that explains others), and tells
 *   then what still fires.
 * - Told of once, always told of the end; never told of what began and ended unseen.
 */
export { createMuting, type Muting, type MutingDeps } from './muting.ts';
export { DEFAULT_FLAPPING } from './flapping.ts';
export { inhibitionKind } from './inhibition-kind.ts';
export { maintenanceKind } from './maintenance-kind.ts';
export type { Mute } from './mute.ts';
export type { Silence } from './silence.ts';
export type { Silencer, SilenceRequest, Silences } from './silences.ts';
