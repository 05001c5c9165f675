import { useState, type FormEvent, type ReactNode } from 'react';
import type { ResourceJson } from '../../../../src/catalog/contract.ts';
import type { IncidentDetail, IncidentRole } from '../../../../src/incidents/contract.ts';
import { API, useList } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { Card } from '../../ui/part.tsx';
import { useMayAct } from '../access/me.ts';
import { useIncidentActions } from './use-incident.ts';

const ROLES: readonly (readonly [role: IncidentRole, title: string])[] = [
  ['commander', 'Incident commander'],
  ['operations', 'Operations'],
  ['communications', 'Communications'],
  ['scribe', 'Scribe'],
];

export function Roles({ incident }: { incident: IncidentDetail }): ReactNode {
  const [giving, give] = useState<IncidentRole | undefined>();
  const mayAct = useMayAct() && incident.state === 'open';
  return (
    <Card title="Who does what">
      <ul className="list">
        {ROLES.map(([role, title]) => (
          <li key={role} className="list-row">
            <div className="list-body">
              <div className="small dim">{title}</div>
              <div className={incident.roles[role] ? 'strong' : 'dim'}>{incident.roles[role] ?? 'nobody'}</div>
            </div>
            {mayAct && (
              <button type="button" className="button button-plain" onClick={() => give(role)}>
                {incident.roles[role] ? 'Hand over' : 'Assign'}
                <span className="sr-only"> {title}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <Dialog
        open={giving !== undefined}
        title={`Hand over: ${ROLES.find(([role]) => role === giving)?.[1] ?? ''}`}
        onClose={() => give(undefined)}
      >
        {giving !== undefined && <HandOver incident={incident} role={giving} done={() => give(undefined)} />}
      </Dialog>
    </Card>
  );
}

function HandOver({ incident, role, done }: { incident: IncidentDetail; role: IncidentRole; done: () => void }): ReactNode {
  const people = useList<ResourceJson>(`${API}/resources?kind=Person`);
  const { handOver } = useIncidentActions(incident.id);
  const names = [...new Set([...incident.responders, ...(people.data ?? []).map(({ name }) => name)])].sort();
  const [person, setPerson] = useState('');
  const chosen = person === '' ? (names.find((name) => name !== incident.roles[role]) ?? '') : person;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    handOver.mutate({ role, person: chosen }, { onSuccess: done });
  };
  return (
    <form className="form" onSubmit={submit}>
      {names.length > 0 ? (
        <Select label="To" value={chosen} options={names} onChange={setPerson} />
      ) : (
        <TextField label="To (name)" required value={person} onChange={(event) => setPerson(event.target.value)} />
      )}
      <p className="small dim">Say it aloud too: a role is handed over when both have said so.</p>
      {handOver.error && <ErrorNote error={handOver.error} />}
      <div className="row">
        <button type="submit" className="button button-main" disabled={handOver.isPending || chosen === ''}>
          Hand over{chosen !== '' && ` to ${chosen}`}
        </button>
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
