import { useState, type FormEvent, type ReactNode } from 'react';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Dialog, TextBox, useDraft } from '../../ui/form.tsx';
import { useMayAct } from '../access/me.ts';
import { useIncidentActions } from './use-incident.ts';

/** Ends the incident. Asks first: everyone stands down on it. */
export function AllClear({ incident }: { incident: IncidentDetail }): ReactNode {
  const [asking, ask] = useState(false);
  const { allClear } = useIncidentActions(incident.id);
  const { text, setText, clear } = useDraft(`all-clear.${incident.id}`);
  if (!useMayAct()) return null;
  const stillFiring = allClear.error?.status === 409;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    allClear.mutate(
      { text: text.trim(), force: stillFiring },
      {
        onSuccess: () => {
          clear();
          ask(false);
        },
      },
    );
  };
  return (
    <>
      <button
        type="button"
        className={incident.outageEndedAt === null ? 'button button-big' : 'button button-big button-main'}
        onClick={() => ask(true)}
      >
        All clear…
      </button>
      <Dialog open={asking} title={`All clear for incident ${incident.number}?`} onClose={() => ask(false)}>
        <form className="form" onSubmit={submit}>
          <p>Everyone stands down and the postmortem is drafted.</p>
          {incident.outageEndedAt === null && !stillFiring && (
            <p className="strong tone-warn">The outage has not ended as far as nines can see.</p>
          )}
          <TextBox
            label="Last word (optional)"
            rows={3}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="What it was, what fixed it."
          />
          {allClear.error && <ErrorNote error={allClear.error} />}
          <div className="row">
            <button type="submit" className={stillFiring ? 'button button-alarm' : 'button button-main'} disabled={allClear.isPending}>
              {stillFiring ? 'All clear although it still fires' : 'All clear'}
            </button>
            <button type="button" className="button" onClick={() => ask(false)}>
              Not yet
            </button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
