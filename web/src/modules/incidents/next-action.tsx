import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import type { Page } from '../../../../src/oncall/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { useMayAct, useMe } from '../access/me.ts';
import { useRunbooks } from '../catalog/use-runbooks.ts';
import { useIncidentActions } from './use-incident.ts';

/** The one thing to do next, big enough for a thumb that just woke up. */
export function NextAction({ incident }: { incident: IncidentDetail }): ReactNode {
  const me = useMe().data;
  const mayAct = useMayAct();
  const { join } = useIncidentActions(incident.id);
  const pages = useList<Page>(`${API}/pages?state=triggered`);
  const waiting = (pages.data ?? []).filter(({ id }) => incident.pages.includes(id));
  const acknowledge = useAction(async () => {
    for (const { id } of waiting) await request('POST', `${API}/pages/${encodeURIComponent(id)}/acknowledge`, {});
    return joined ? undefined : join.mutateAsync();
  }, [`${API}/pages`, `${API}/incidents`]);
  const runbooks = useRunbooks(incident.services);
  const joined = me !== undefined && [me.person, me.name].some((name) => name !== null && incident.responders.includes(name));
  if (incident.state !== 'open') return null;
  const busy = acknowledge.isPending || join.isPending;
  const failed = acknowledge.error ?? join.error;
  return (
    <div className="stack stack-tight">
      {mayAct && (waiting.length > 0 || !joined) && (
        <button
          type="button"
          data-key="a"
          className="button button-big button-alarm"
          disabled={busy}
          onClick={() => (waiting.length > 0 ? acknowledge.mutate() : join.mutate())}
        >
          {busy ? 'Telling everyone…' : waiting.length > 0 ? 'Acknowledge: I’m on the scene' : 'I’m on the scene'}
        </button>
      )}
      {failed && <ErrorNote error={failed} />}
      {runbooks.map(({ service, runbook }) => (
        <a key={service} className="button" href={runbook} rel="noreferrer" target="_blank">
          Runbook of {service}
        </a>
      ))}
    </div>
  );
}
