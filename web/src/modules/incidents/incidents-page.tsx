import { useState, type FormEvent, type ReactNode } from 'react';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import type { Incident } from '../../../../src/incidents/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { Card, PageHead } from '../../ui/part.tsx';
import { navigate, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';
import { IncidentRow } from './incident-row.tsx';
import { useDeclare } from './use-incident.ts';

export default function IncidentsPage(): ReactNode {
  useTitle('Incidents');
  const incidents = useList<Incident>(`${API}/incidents`);
  const [declaring, declare] = useState(false);
  const mayAct = useMayAct();
  return (
    <div className="stack">
      <div className="row">
        <PageHead title="Incidents" />
        {mayAct && (
          <button type="button" className="button row-end" onClick={() => declare(true)}>
            Declare an incident
          </button>
        )}
      </div>
      <Answer query={incidents} lines={6} empty="No incident so far. A critical page opens one, or you declare one.">
        {(all) => (
          <>
            <Group title="Open" incidents={all.filter(({ state }) => state === 'open')} alarm />
            <Group title="Past" incidents={all.filter(({ state }) => state !== 'open')} />
          </>
        )}
      </Answer>
      <Dialog open={declaring} title="Declare an incident" onClose={() => declare(false)}>
        <Declare cancel={() => declare(false)} />
      </Dialog>
    </div>
  );
}

function Group({ title, incidents, alarm = false }: { title: string; incidents: readonly Incident[]; alarm?: boolean }): ReactNode {
  if (incidents.length === 0) return null;
  return (
    <Card title={title} aside={incidents.length} alarm={alarm}>
      <ul className="list">
        {[...incidents]
          .sort((a, b) => b.number - a.number)
          .map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
      </ul>
    </Card>
  );
}

function Declare({ cancel }: { cancel: () => void }): ReactNode {
  const services = useList<ServiceJson>(`${API}/services`);
  const [title, setTitle] = useState('');
  const [service, setService] = useState('');
  const [severity, setSeverity] = useState('critical');
  const declare = useDeclare();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    declare.mutate(
      { title: title.trim(), services: service === '' ? [] : [service], severity },
      { onSuccess: ({ id }) => navigate(`/incidents/${id}`) },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextField label="What is wrong" required maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
      <Select
        label="Service"
        value={service}
        options={[['', 'not known yet'], ...(services.data ?? []).map(({ name, title: text }) => [name, text || name] as const)]}
        onChange={setService}
      />
      <Select
        label="Severity"
        value={severity}
        options={[
          ['critical', 'critical: people are affected'],
          ['today', 'today: it can wait for working hours'],
          ['eventually', 'eventually: it waits in the queue'],
        ]}
        onChange={setSeverity}
      />
      {declare.error && <ErrorNote error={declare.error} />}
      <div className="row">
        <button type="submit" className="button button-alarm" disabled={declare.isPending || title.trim() === ''}>
          Declare
        </button>
        <button type="button" className="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
