import { useState, type ReactNode } from 'react';
import type { OnCallNow } from '../../../../src/oncall/contract.ts';
import type { HandoversAnswer } from '../../../../src/oncall/handover/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Select, TextBox, useDraft } from '../../ui/form.tsx';
import { Ago, At, Card, PageHead } from '../../ui/part.tsx';
import { usePlace, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';

/** What the next shift should know, and what was told at the last hand-overs. */
export default function HandoverPage(): ReactNode {
  useTitle('Hand-over');
  const now = useGet<OnCallNow>(`${API}/oncall/now`);
  const asked = usePlace().search.get('schedule');
  const [chosen, choose] = useState(asked);
  return (
    <div className="stack">
      <PageHead title="Hand-over" />
      <Answer query={now} lines={4}>
        {({ schedules }) => {
          const names = schedules.map(({ schedule }) => schedule);
          const name = chosen ?? names[0];
          if (name === undefined) return <p className="empty">There is no schedule yet.</p>;
          return (
            <>
              <Select label="Schedule" value={name} options={names} onChange={choose} />
              <Schedule key={name} name={name} />
            </>
          );
        }}
      </Answer>
    </div>
  );
}

function Schedule({ name }: { name: string }): ReactNode {
  const path = `${API}/schedules/${encodeURIComponent(name)}`;
  const handovers = useGet<HandoversAnswer>(`${path}/handovers`, { every: 60_000 });
  return (
    <Answer query={handovers} lines={4}>
      {({ next, notes, past }) => (
        <>
          <Card title="Next">
            <p>
              <span className="strong">{next.incoming?.title ?? 'Nobody'}</span> takes over from {next.outgoing?.title ?? 'nobody'},{' '}
              <At time={next.at} />
            </p>
            <ul className="list">
              {notes.map(({ id, author, text, at }) => (
                <li key={id} className="list-row">
                  <div className="list-body">
                    <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{text}</div>
                    <div className="small dim">
                      {author}, <Ago time={at} />
                    </div>
                  </div>
                </li>
              ))}
            </ul>
            <NewNote name={name} path={path} />
          </Card>
          {past.map(({ at, incoming, digest }) => (
            <Card key={at} title={`${incoming.title} took over`}>
              <p className="small dim">
                <At time={at} />
              </p>
              <pre className="code">{digest}</pre>
            </Card>
          ))}
        </>
      )}
    </Answer>
  );
}

function NewNote({ name, path }: { name: string; path: string }): ReactNode {
  const mayAct = useMayAct();
  const draft = useDraft(`handover.${name}`);
  const note = useAction(() => request('POST', `${path}/notes`, { text: draft.text }), [`${path}/handovers`]);
  if (!mayAct) return null;
  return (
    <form
      className="stack stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        note.mutate(undefined, { onSuccess: draft.clear });
      }}
    >
      <TextBox
        label="For whoever takes over"
        rows={3}
        maxLength={4_000}
        value={draft.text}
        onChange={(event) => draft.setText(event.target.value)}
      />
      <button type="submit" className="button" disabled={note.isPending || draft.text.trim() === ''}>
        Note it
      </button>
      {note.error && <ErrorNote error={note.error} />}
    </form>
  );
}
