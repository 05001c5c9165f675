import { useState, type ReactNode } from 'react';
import type { PersonShift, PersonShifts, SwapJson } from '../../../../src/oncall/schedules/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { useNow } from '../../ui/clock.ts';
import { clockTime } from '../../ui/format.ts';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { localField } from '../../ui/local-field.ts';

interface SwapFormProps {
  readonly shift: PersonShift;
  readonly people: readonly { name: string; title: string }[];
  readonly onClose: () => void;
}

const NOTHING = '';

/** Offers a shift, or part of it, to someone, for one of theirs or for nothing. */
export function SwapForm({ shift, people, onClose }: SwapFormProps): ReactNode {
  const now = useNow();
  const [who, setWho] = useState(people[0]?.name ?? '');
  const [from, setFrom] = useState(localField(Date.parse(shift.from)));
  const [to, setTo] = useState(localField(Date.parse(shift.to)));
  const [back, setBack] = useState(NOTHING);
  const [note, setNote] = useState('');
  const theirs = useGet<PersonShifts>(withQuery(`${API}/oncall/shifts`, { person: who }), { enabled: who !== '' });
  const offered = (theirs.data?.shifts ?? []).filter(
    (one) => one.schedule === shift.schedule && one.role === shift.role && Date.parse(one.from) > now,
  );
  const send = useAction((body: Record<string, unknown>) => request<SwapJson>('POST', `${API}/swaps`, body), [`${API}/swaps`]);
  const submit = (): void => {
    const wanted = offered.find((one) => one.from === back);
    const give = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    send.mutate(
      { schedule: shift.schedule, layer: shift.role, to: who, give, note, ...(wanted && { back: { from: wanted.from, to: wanted.to } }) },
      { onSuccess: onClose },
    );
  };
  const choices = offered.map((one) => [one.from, `${clockTime(one.from, now)} to ${clockTime(one.to, now)}`] as const);
  return (
    <Dialog open title={`Swap: ${shift.schedule}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Select
          label="With"
          value={who}
          options={people.map(({ name, title }) => [name, title] as const)}
          onChange={(name) => {
            setWho(name);
            setBack(NOTHING);
          }}
        />
        <TextField label="They take from" type="datetime-local" required value={from} onChange={(event) => setFrom(event.target.value)} />
        <TextField label="to" type="datetime-local" required value={to} onChange={(event) => setTo(event.target.value)} />
        <Select label="You take in return" value={back} options={[[NOTHING, 'nothing'], ...choices]} onChange={setBack} />
        <TextField
          label="Note"
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
          hint="Nothing changes before they accept."
        />
        {send.error && <ErrorNote error={send.error} />}
        <div className="row row-end">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={send.isPending || who === ''}>
            {send.isPending ? 'Asking…' : 'Ask'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
