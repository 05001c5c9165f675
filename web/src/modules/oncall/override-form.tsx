import { useState, type ReactNode } from 'react';
import type { OverrideAnswer } from '../../../../src/oncall/schedules/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';
import { localField } from '../../ui/local-field.ts';

interface OverrideFormProps {
  readonly schedule: string;
  readonly people: readonly { name: string; title: string }[];
  /** Who is chosen at first. */
  readonly person: string | null;
  readonly layer?: string;
  readonly span: { readonly from: number; readonly to: number };
  readonly onClose: () => void;
}

const TOUCHES = [`${API}/schedules`, `${API}/oncall`, `${API}/swaps`];

/** Have someone stand in for a time. What whoever does it should know is said once it is done. */
export function OverrideForm({ schedule, people, person, layer: initially = 'primary', span, onClose }: OverrideFormProps): ReactNode {
  const [who, setWho] = useState(people.find(({ name }) => name === person)?.name ?? people[0]?.name ?? '');
  const [layer, setLayer] = useState(initially);
  const [from, setFrom] = useState(localField(Math.max(span.from, Date.now())));
  const [to, setTo] = useState(localField(span.to));
  const [reason, setReason] = useState('');
  const save = useAction(
    (body: Record<string, string>) => request<OverrideAnswer>('POST', `${API}/schedules/${encodeURIComponent(schedule)}/overrides`, body),
    TOUCHES,
  );
  const done = save.data;
  return (
    <Dialog open title={done === undefined ? `Who stands in: ${schedule}` : 'Done'} onClose={onClose}>
      {done === undefined ? (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ person: who, layer, from: new Date(from).toISOString(), to: new Date(to).toISOString(), reason });
          }}
        >
          <Select label="Person" value={who} options={people.map(({ name, title }) => [name, title] as const)} onChange={setWho} />
          <Select label="As" value={layer} options={['primary', 'secondary', 'shadow']} onChange={setLayer} />
          <TextField label="From" type="datetime-local" required value={from} onChange={(event) => setFrom(event.target.value)} />
          <TextField label="To" type="datetime-local" required value={to} onChange={(event) => setTo(event.target.value)} />
          <TextField
            label="Reason"
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
            hint="Both are told, with this."
          />
          {save.error && <ErrorNote error={save.error} />}
          <div className="row row-end">
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="button button-main" disabled={save.isPending}>
              {save.isPending ? 'Saving…' : 'Save'}
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>
            <span className="strong">{done.override.person.title}</span> stands in as {done.override.layer}.
          </p>
          {done.warnings.map((warning) => (
            <Note key={warning} tone="warn">
              {warning}
            </Note>
          ))}
          <div className="row row-end">
            <button type="button" className="button button-main" onClick={onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
