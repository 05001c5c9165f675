import { useState, type FormEvent, type ReactNode } from 'react';
import type { SharedGraphDetail } from '../../../../src/monitoring/graphs/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { Dialog, TextBox, TextField } from '../../ui/form.tsx';
import { navigate } from '../../ui/router.tsx';
import type { Range } from './promql.ts';

/** Keeps the graph as it is now, under a link that reads the same in six months. */
export function ShareGraph({ expr, range }: { expr: string; range: Range }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button button-main" onClick={() => setOpen(true)}>
        Share
      </button>
      <Dialog open={open} title="Share this graph" onClose={() => setOpen(false)}>
        <ShareForm expr={expr} range={range} />
      </Dialog>
    </>
  );
}

function ShareForm({ expr, range }: { expr: string; range: Range }): ReactNode {
  const [title, setTitle] = useState('');
  const [note, setNote] = useState('');
  const [isPublic, setPublic] = useState(false);
  const share = useAction(
    () =>
      request<SharedGraphDetail>('POST', `${API}/graphs`, {
        expr,
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        ...(title.trim() !== '' && { title: title.trim() }),
        note: note.trim(),
        public: isPublic,
      }),
    [`${API}/graphs`],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    share.mutate(undefined, { onSuccess: ({ id }) => navigate(`/graphs/${id}`) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="dim">
        The link shows these numbers and these times for ever, also when the samples are gone. What was deployed meanwhile is marked.
      </p>
      <TextField label="Title" value={title} maxLength={200} placeholder={expr.slice(0, 60)} onChange={(e) => setTitle(e.target.value)} />
      <TextBox label="What is to be seen" value={note} maxLength={2_000} rows={3} onChange={(e) => setNote(e.target.value)} />
      <label className="row">
        <input type="checkbox" checked={isPublic} onChange={(e) => setPublic(e.target.checked)} />
        Whoever has the link to its picture sees it, without an account
      </label>
      {share.error && <ErrorNote error={share.error} />}
      <button type="submit" className="button button-main" disabled={share.isPending}>
        Share
      </button>
    </form>
  );
}
