import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import { API, useList } from '../../api/query.ts';
import { safeUrl } from '../ledger/event-list.tsx';

/** The runbooks of the services that have one. */
export function useRunbooks(services: readonly string[]): { service: string; runbook: string }[] {
  const all = useList<ServiceJson>(`${API}/services`).data ?? [];
  return all.flatMap(({ name, runbook }) => {
    const url = safeUrl(runbook);
    return services.includes(name) && url !== undefined ? [{ service: name, runbook: url }] : [];
  });
}
