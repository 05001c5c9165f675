import { useId, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { UseMutationResult } from '@tanstack/react-query';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import type { ApiProblem } from '../../api/http.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { useNow } from '../../ui/clock.ts';
import { useDraft } from '../../ui/form.tsx';
import { stopwatch, toMs } from '../../ui/format.ts';
import { Card } from '../../ui/part.tsx';
import { useMayAct } from '../access/me.ts';
import { useIncidentActions } from './use-incident.ts';

interface BoxProps {
  readonly name: string;
  readonly label: string;
  readonly send: string;
  readonly shortcut: string;
  readonly placeholder: string;
  readonly action: UseMutationResult<unknown, ApiProblem, string>;
}

/** Keeps what is typed until the server has said yes. */
function Box({ name, label, send, shortcut, placeholder, action }: BoxProps): ReactNode {
  const id = useId();
  const { text, setText, clear } = useDraft(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const sent = text.trim();
    if (sent !== '' && !action.isPending) action.mutate(sent, { onSuccess: clear });
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
  };
  return (
    <form className="stack stack-tight" onSubmit={submit}>
      <label className="sr-only" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input"
        data-key={shortcut}
        rows={2}
        maxLength={10_000}
        placeholder={placeholder}
        value={text}
        readOnly={action.isPending}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={keys}
      />
      {action.error && (
        <ErrorNote
          error={{ message: `Not sent, but kept here: ${action.error.message}`, document: action.error.document }}
          retry={() => action.mutate(text.trim(), { onSuccess: clear })}
        />
      )}
      <div className="row">
        <button type="submit" className="button" disabled={action.isPending || text.trim() === ''}>
          {action.isPending ? 'Sending…' : send}
        </button>
        <span className="small dim for-keyboards">Ctrl+Enter sends</span>
      </div>
    </form>
  );
}

export function NoteBox({ incident }: { incident: IncidentDetail }): ReactNode {
  const { note } = useIncidentActions(incident.id);
  if (!useMayAct()) return null;
  return (
    <Box
      name={`note.${incident.id}`}
      label="Note for the timeline"
      send="Add note"
      shortcut="n"
      placeholder="What you see, what you try. Goes into the timeline with the time."
      action={note}
    />
  );
}

/** An update goes to everyone who follows; one is due every thirty minutes. */
export function UpdateBox({ incident }: { incident: IncidentDetail }): ReactNode {
  const now = useNow();
  const { update } = useIncidentActions(incident.id);
  const { nextUpdateDueAt } = incident;
  const left = nextUpdateDueAt === null ? null : toMs(nextUpdateDueAt) - now;
  const due =
    left === null ? undefined : left < 0 ? (
      <span className="strong tone-bad">overdue by {stopwatch(-left)}</span>
    ) : (
      <span className={left < 300_000 ? 'strong tone-warn' : ''}>next due in {stopwatch(left)}</span>
    );
  if (!useMayAct()) return due === undefined ? null : <Card title="Update to everyone" aside={due} children={null} />;
  return (
    <Card title="Update to everyone" aside={due}>
      <Box
        name={`update.${incident.id}`}
        label="Update to everyone who follows"
        send="Send update"
        shortcut="u"
        placeholder="What is affected, what is being done, when the next update comes."
        action={update}
      />
    </Card>
  );
}
