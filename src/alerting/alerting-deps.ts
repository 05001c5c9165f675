import type { Catalog } from '../catalog/index.ts';
import type { Delivery } from '../delivery/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { FoundAlertmanager, QueryEngine, SampleSink } from '../monitoring/index.ts';
import type { Objectives } from '../objectives/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { AlertSink } from './alerts/index.ts';
import type { ForwardTarget } from './alertmanager-api/index.ts';
import type { ExternalLimits } from './external/index.ts';
import type { DefaultRuleFile, RuleDefaults } from './rules/index.ts';
import type { DocumentationSettings } from './lint/index.ts';
import type { MutingDeps } from './muting/index.ts';

export interface AlertingDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly metrics: Registry;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** Where recording rules write. */
  readonly sink: SampleSink;
  readonly onArrival: (listener: (metrics: ReadonlySet<string>, newest: number) => void) => void;
  readonly objectives: Pick<Objectives, 'list'>;
  readonly alertSink: AlertSink;
  /** Who is told of all alerts, too. */
  readonly alertmanagers?: readonly ForwardTarget[];
  /** Those that a prometheus.yml finds, who are told likewise. */
  readonly foundAlertmanagers?: () => readonly FoundAlertmanager[];
  /** Of alerts that others decide. */
  readonly externalLimits?: ExternalLimits;
  /** Tells people that a silence lapses, and receivers of an alertmanager.yml of their alerts. */
  readonly delivery: Pick<Delivery, 'send'>;
  readonly onCall?: MutingDeps['onCall'];
  /** When an alert that comes and goes is told of as one that flaps. */
  readonly flapping?: MutingDeps['flapping'];
  readonly maxSilences?: MutingDeps['maxSilences'];
  /** The folder of documents, where files are that they name. */
  readonly config?: string | undefined;
  /** Rule files that come with nines. */
  readonly defaults?: readonly DefaultRuleFile[];
  /** The address people open nines at: `$externalURL`. */
  readonly url?: string;
  /** For rule files whose groups, and whose prometheus.yml, don't say. */
  readonly rules?: RuleDefaults;
  /** Where the documentation of alerts is that name none. */
  readonly docs?: DocumentationSettings;
  /** The reason of a probe's last failure, in words. */
  readonly probeReason?: (probe: string) => string | undefined;
}
