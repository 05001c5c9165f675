import type { ResourceSet, ServiceSpec } from '../../catalog/index.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import type { AlertTransition } from '../alerts/index.ts';
import { configuredInhibitions } from '../alertmanager/inhibit-rules.ts';
import { dependenciesOf, dependencyStage } from './dependency-stage.ts';
import { inhibitionRules } from './inhibition-kind.ts';
import { inhibitionStage } from './inhibition-stage.ts';
import { documentedMaintenance } from './maintenance-kind.ts';
import { maintenanceStage } from './maintenance-stage.ts';
import { windowsEndingAfter } from './maintenance-store.ts';
import { labelTest } from './matchers.ts';
import { matchLabels, type MutableAlert, type Stage } from './mute.ts';
import { silencesEndingAfter } from './silence-store.ts';
import { silenceStage } from './silence-stage.ts';
import { sourcesOf, troublesOf } from './sources-store.ts';

/** What the documents say, made once for a set of them. */
interface Documents {
  readonly inhibitions: ReturnType<typeof inhibitionRules>;
  readonly maintenance: ReturnType<typeof documentedMaintenance>;
  readonly dependsOn: (service: string) => readonly string[];
  /** Services that another one needs. */
  readonly needed: ReadonlySet<string>;
}

const known = new WeakMap<ResourceSet, Documents>();

export function documentsOf(set: ResourceSet): Documents {
  let documents = known.get(set);
  if (documents === undefined) {
    const services = set.list<ServiceSpec>('Service');
    const dependencies = new Map(services.map(({ name, spec }) => [name, spec.dependsOn]));
    documents = {
      inhibitions: [...inhibitionRules(set), ...configuredInhibitions(set)],
      maintenance: documentedMaintenance(set),
      dependsOn: (service) => dependencies.get(service) ?? [],
      needed: new Set(services.flatMap(({ spec }) => spec.dependsOn)),
    };
    known.set(set, documents);
  }
  return documents;
}

/**
 * The stages in their order, with what each of them needs to know of the rest of the world for these alerts. Reads only what
 * can matter to them.
 */
export async function stagesFor(queryable: Queryable, set: ResourceSet, alerts: readonly MutableAlert[], now: number): Promise<Stage[]> {
  const { inhibitions, maintenance, dependsOn } = documentsOf(set);
  const silences = await silencesEndingAfter(queryable, now);
  const windows = [...maintenance, ...(await windowsEndingAfter(queryable, now))];
  const relevant = inhibitions.filter(({ target }) => {
    const isTarget = labelTest(target);
    return alerts.some(({ labels }) => isTarget(labels));
  });
  const services = new Set(alerts.flatMap(({ service }) => service ?? []));
  const needed = new Set([...services].flatMap((service) => dependenciesOf(service, dependsOn)));
  return [
    silenceStage(silences),
    maintenanceStage(windows),
    inhibitionStage(relevant, await sourcesOf(queryable, relevant)),
    dependencyStage(dependsOn, await troublesOf(queryable, [...needed], now)),
  ];
}

/** Whether these may begin or end to hold back others: then those are looked at again. */
export function stirs(set: ResourceSet, transitions: readonly AlertTransition[]): boolean {
  const { inhibitions, needed } = documentsOf(set);
  if (transitions.some(({ alert }) => alert.severity === 'critical' && alert.service !== null && needed.has(alert.service))) return true;
  return inhibitions.some(({ source }) => {
    const isSource = labelTest(source);
    return transitions.some(({ alert }) => isSource(matchLabels(alert)));
  });
}
