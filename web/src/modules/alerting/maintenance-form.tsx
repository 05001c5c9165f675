import { useState, type FormEvent, type ReactNode } from 'react';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Select, TextField } from '../../ui/form.tsx';
import { LeftOut } from './left-out.tsx';
import { RecurringFields, type Hours } from './recurring-fields.tsx';
import { newSpan, spanBody, SpanFields } from './span-fields.tsx';

/** Plans work on services, once or at hours that come again. */
export function MaintenanceForm({ onDone }: { onDone: () => void }): ReactNode {
  const [services, setServices] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState(newSpan);
  const [recurring, setRecurring] = useState<Hours | null>(null);
  const known = useList<ServiceJson>(`${API}/services`).data ?? [];
  const others = known.filter(({ name }) => !services.includes(name));
  const save = useAction(
    () => request('POST', `${API}/maintenance`, { services, reason, recurring, ...spanBody(span) }),
    [`${API}/maintenance`, `${API}/alerts`],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: onDone });
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="stack stack-tight">
        <Select
          label="Services that are worked on"
          value=""
          options={[['', services.length === 0 ? 'choose' : 'and another'], ...others.map(({ name, title }) => [name, title] as const)]}
          onChange={(name) => name !== '' && setServices([...services, name])}
        />
        <ul className="chips">
          {services.map((name) => (
            <li key={name}>
              <button type="button" className="button" onClick={() => setServices(services.filter((one) => one !== name))}>
                {name} <span aria-hidden="true">×</span>
                <span className="sr-only">: leave it out</span>
              </button>
            </li>
          ))}
        </ul>
        <LeftOut services={services} />
      </div>
      <TextField label="What is done" required maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <SpanFields span={span} onChange={setSpan} />
      <RecurringFields hours={recurring} onChange={setRecurring} />
      {save.error && <ErrorNote error={save.error} />}
      <button type="submit" className="button button-main" disabled={save.isPending || services.length === 0}>
        Plan it
      </button>
    </form>
  );
}
