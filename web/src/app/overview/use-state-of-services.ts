import type { Alert } from '../../../../src/alerting/contract.ts';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import type { Incident } from '../../../../src/incidents/contract.ts';
import type { ObjectiveStatus } from '../../../../src/objectives/contract.ts';
import { API, useList } from '../../api/query.ts';
import { useLate } from '../../ui/clock.ts';
import { serviceState, worstFirst, type ServiceState } from '../../modules/catalog/service-state.ts';
import type { ProbeStateJson, TargetStateJson } from '../../../../src/monitoring/contract.ts';

export interface ServiceNow extends ServiceState {
  readonly service: ServiceJson;
  readonly name: string;
  readonly title: string;
  readonly objectives: readonly ObjectiveStatus[];
}

export interface ServicesNow {
  readonly services: readonly ServiceNow[];
  readonly error: Error | null;
  /** Nothing worth showing is there yet. */
  readonly loading: boolean;
  /** All that there is to know is there. */
  readonly complete: boolean;
  readonly retry: () => void;
}

const PATIENCE_MS = 4_000;

/** Every service with its state, worst first and then by tier. */
export function useServicesNow(): ServicesNow {
  const services = useList<ServiceJson>(`${API}/services`, { every: 60_000 });
  const objectives = useList<ObjectiveStatus>(`${API}/objectives`, { every: 15_000 });
  const alerts = useList<Alert>(`${API}/alerts?state=firing`, { every: 15_000 });
  const incidents = useList<Incident>(`${API}/incidents?state=open`, { every: 60_000 });
  const probes = useList<ProbeStateJson>(`${API}/probes`, { every: 15_000 });
  const targets = useList<TargetStateJson>(`${API}/targets`, { every: 15_000 });
  const queries = [services, objectives, alerts, incidents, probes, targets];
  const waiting = queries.some(({ isPending }) => isPending);
  const late = useLate(waiting, PATIENCE_MS);
  const now = (services.data ?? []).map((service): ServiceNow => {
    const own = (objectives.data ?? []).filter((objective) => objective.service === service.name);
    const ownProbes = (probes.data ?? []).filter((probe) => probe.service === service.name);
    const ownTargets = (targets.data ?? []).filter(({ labels }) => labels['service'] === service.name);
    const state = serviceState({
      objectives: own,
      alerts: (alerts.data ?? []).filter((alert) => alert.service === service.name),
      incidents: (incidents.data ?? []).filter((incident) => incident.services.includes(service.name)),
      failingProbes: ownProbes.filter(({ success }) => success === false).map(({ name }) => name),
      probes: ownProbes.filter(({ success }) => success !== null).length,
      targetsUp: ownTargets.filter(({ health }) => health === 'up').length,
      targetsDown: ownTargets.filter(({ health }) => health === 'down').length,
    });
    return { ...state, service, name: service.name, title: service.title || service.name, objectives: own };
  });
  return {
    services: now.sort((a, b) => worstFirst(a, b) || a.service.tier - b.service.tier || a.title.localeCompare(b.title)),
    error: queries.find(({ error }) => error !== null)?.error ?? null,
    // A state from half of the evidence would mislead, so all is waited for; but not for one that hangs.
    loading: waiting && !late,
    complete: !waiting,
    retry: () => void Promise.all(queries.map(({ refetch }) => refetch())),
  };
}
