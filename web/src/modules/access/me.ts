import type { Me } from '../../../../src/access/contract.ts';
import { API, useGet, type Loaded } from '../../api/query.ts';

export const useMe = (): Loaded<Me> => useGet<Me>(`${API}/me`);

/** Whether the one who looks may act: a viewer only looks. */
export function useMayAct(): boolean {
  const role = useMe().data?.role;
  return role === 'responder' || role === 'admin';
}
