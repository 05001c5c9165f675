import type { Incident, IncidentDetail, IncidentRole } from '../../../../src/incidents/contract.ts';
import type { ObjectiveCost, ObjectiveStatus } from '../../../../src/objectives/contract.ts';
import { useQueries, type UseMutationResult } from '@tanstack/react-query';
import { request, withQuery, type ApiProblem } from '../../api/http.ts';
import { API, useAction, useGet, useList, type Loaded } from '../../api/query.ts';

const TOUCHES = [`${API}/incidents`, `${API}/pages`, `${API}/events`];

export const useIncident = (id: string): Loaded<IncidentDetail> =>
  useGet<IncidentDetail>(`${API}/incidents/${encodeURIComponent(id)}`, { every: 30_000 });

type Act<Input> = UseMutationResult<unknown, ApiProblem, Input>;

export interface IncidentActions {
  readonly join: Act<void>;
  readonly note: Act<string>;
  readonly update: Act<string>;
  readonly handOver: Act<{ role: IncidentRole; person: string }>;
  readonly allClear: Act<{ text: string; force: boolean }>;
}

export function useIncidentActions(id: string): IncidentActions {
  const path = `${API}/incidents/${encodeURIComponent(id)}`;
  return {
    join: useAction(() => request('POST', `${path}/join`, {}), TOUCHES),
    note: useAction((text) => request('POST', `${path}/notes`, { text }), TOUCHES),
    update: useAction((text) => request('POST', `${path}/updates`, { text }), TOUCHES),
    handOver: useAction((body) => request('POST', `${path}/roles`, body), TOUCHES),
    allClear: useAction((body) => request('POST', `${path}/all-clear`, body), [...TOUCHES, `${API}/postmortems`]),
  };
}

export const useDeclare = (): UseMutationResult<Incident, ApiProblem, { title: string; services: string[]; severity: string }> =>
  useAction((body) => request<Incident>('POST', `${API}/incidents`, body), TOUCHES);

const MINUTE = 60_000;
/** Times are rounded, so that the same question isn't asked anew at every render. */
const round = (ms: number, to: number): number => Math.floor(ms / to) * to;

export interface Impact {
  readonly objective: ObjectiveStatus;
  /** Since the outage began. */
  readonly cost: ObjectiveCost | undefined;
  /** The five minutes to now, and as long before the outage: what comes in, measured against usual. */
  readonly now: ObjectiveCost | undefined;
  readonly before: ObjectiveCost | undefined;
}

/** What the incident costs, by the objectives of its services: the measured answer to 'who is affected'. */
export function useImpact(incident: Incident, nowMs: number): Impact[] {
  const objectives = useList<ObjectiveStatus>(`${API}/objectives`, { every: 15_000 }).data ?? [];
  const own = objectives.filter(({ service }) => incident.services.includes(service)).slice(0, 4);
  const began = Date.parse(incident.outageBeganAt);
  const end = incident.outageEndedAt === null ? round(nowMs, 15_000) : Date.parse(incident.outageEndedAt);
  const spans: readonly (readonly [number, number])[] = [
    [began, Math.max(end, began + MINUTE)],
    [end - 5 * MINUTE, end],
    [began - 6 * MINUTE, began - MINUTE],
  ];
  const answers = useQueries({
    queries: own.flatMap(({ name }) =>
      spans.map(([from, to]) => {
        const path = withQuery(`${API}/objectives/${encodeURIComponent(name)}/cost`, {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
        });
        return {
          queryKey: [path],
          queryFn: ({ signal }: { signal: AbortSignal }) => request<ObjectiveCost>('GET', path, undefined, signal),
          staleTime: MINUTE,
          gcTime: MINUTE,
        };
      }),
    ),
  });
  return own.map((objective, index) => ({
    objective,
    cost: answers[index * 3]?.data,
    now: answers[index * 3 + 1]?.data,
    before: answers[index * 3 + 2]?.data,
  }));
}

/** Events a second in a span. */
export const rateOf = (cost: ObjectiveCost | undefined): number | null =>
  cost?.total === null || cost === undefined ? null : (cost.total / (Date.parse(cost.to) - Date.parse(cost.from))) * 1_000;
