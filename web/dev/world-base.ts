import type { Account, ApiToken, Me } from '../../src/access/contract.ts';
import type { Alert } from '../../src/alerting/contract.ts';
import type { MaintenanceJson, SilenceJson } from '../../src/alerting/muting/contract.ts';
import type { configState, ResourceJson, ServiceJson } from '../../src/catalog/contract.ts';
import type { MailboxMessage } from '../../src/delivery/contract.ts';
import type { IncidentDetail } from '../../src/incidents/contract.ts';
import type { LedgerEvent } from '../../src/ledger/contract.ts';
import type { ObjectiveStatus } from '../../src/objectives/contract.ts';
import type { OnCallNow, PageDetail } from '../../src/oncall/contract.ts';
import type { OverrideJson, SwapJson } from '../../src/oncall/schedules/contract.ts';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import type { PostmortemDetail } from '../../src/postmortems/contract.ts';
import type { z } from 'zod';
import type { DiscoveryProblemJson, DroppedTargetJson, ProbeStateJson, TargetStateJson } from '../../src/monitoring/contract.ts';
import { DAY, HOUR, target, type Ago } from './world-parts.ts';

/** Everything that the fixture server answers from. It is made anew for each server, so tests may change it. */
export interface World {
  me: Me;
  setupNeeded: boolean;
  signedIn: boolean;
  health: HealthAnswer;
  services: ServiceJson[];
  objectives: ObjectiveStatus[];
  alerts: Alert[];
  onCall: OnCallNow;
  overrides: OverrideJson[];
  swaps: SwapJson[];
  silences: SilenceJson[];
  maintenance: MaintenanceJson[];
  incidents: IncidentDetail[];
  events: LedgerEvent[];
  pages: PageDetail[];
  postmortems: PostmortemDetail[];
  probes: ProbeStateJson[];
  targets: TargetStateJson[];
  dropped: DroppedTargetJson[];
  discoveryProblems: DiscoveryProblemJson[];
  config: z.infer<typeof configState>;
  resources: ResourceJson[];
  accounts: Account[];
  tokens: ApiToken[];
  mail: MailboxMessage[] | undefined;
}

/** What there is at the first start. */
export function base(ago: Ago): World {
  return {
    me: { kind: 'account', name: 'Ana Lima', email: 'ana@links.example', role: 'admin', person: 'ana' },
    setupNeeded: false,
    signedIn: true,
    health: { state: 'ok', version: '0.1.0', components: [{ component: 'state', state: 'ok', problem: '', since: ago(2 * HOUR) }] },
    services: [],
    objectives: [],
    alerts: [],
    onCall: { at: ago(0), schedules: [], services: [] },
    overrides: [],
    swaps: [],
    silences: [],
    maintenance: [],
    incidents: [],
    events: [],
    pages: [],
    postmortems: [],
    probes: [],
    dropped: [],
    discoveryProblems: [],
    targets: [
      {
        ...target('nines', 'http://127.0.0.1:9900/metrics', ago),
        samples: 412,
      },
    ],
    config: { version: 0, appliedAt: null, source: null, problems: [], refused: null },
    resources: [],
    accounts: [{ id: 'acc-1', name: 'Ana Lima', email: 'ana@links.example', role: 'admin', createdAt: ago(40 * DAY) }],
    tokens: [],
    mail: undefined,
  };
}
