import type { ReactNode } from 'react';
import type { CalendarLink } from '../../../../src/oncall/schedules/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { CopyButton } from '../../ui/part.tsx';

/** Gets the secret address of a calendar of shifts, and copies it: one press to get, one to copy. */
export function CalendarLinkButton({ kind, name }: { kind: CalendarLink['kind']; name?: string }): ReactNode {
  const get = useAction(
    (renew: boolean) => request<CalendarLink>('POST', `${API}/oncall/calendar-links`, { kind, ...(name !== undefined && { name }), renew }),
    [],
  );
  if (get.data !== undefined)
    return (
      <>
        <CopyButton text={get.data.url} label="Copy the calendar's address" />
        {kind === 'person' && (
          <button type="button" className="button button-plain" disabled={get.isPending} onClick={() => get.mutate(true)}>
            New address
          </button>
        )}
      </>
    );
  return (
    <>
      <button type="button" className="button" disabled={get.isPending} onClick={() => get.mutate(false)}>
        Subscribe in a calendar
      </button>
      {get.error && <ErrorNote error={get.error} />}
    </>
  );
}
