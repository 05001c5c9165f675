import { useState, type ReactNode } from 'react';
import type { z } from 'zod';
import type { PostmortemDetail, savePostmortem } from '../../../../src/postmortems/contract.ts';
import { request } from '../../api/http.ts';
import { API, refresh, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { TextBox, useDraft } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { frozenGraph } from './frozen-graph.ts';

type Save = z.infer<typeof savePostmortem>;

const draftName = (id: string): string => `postmortem.${id}`;

export function hasDraft(id: string): boolean {
  try {
    return sessionStorage.getItem(`nines.draft.${draftName(id)}`) !== null;
  } catch {
    return false;
  }
}

/** Edits the Markdown. What is typed stays until it is saved; a save on top of someone else's is refused and can be settled. */
export function Editor({ postmortem, done }: { postmortem: PostmortemDetail; done: () => void }): ReactNode {
  const path = `${API}/postmortems/${encodeURIComponent(postmortem.id)}`;
  const draft = useDraft(draftName(postmortem.id));
  // The version that the text began from, not a newer one that has arrived since: that is what the conflict check is about.
  const base = useDraft(`${draftName(postmortem.id)}.base`);
  const version = base.text === '' ? postmortem.version : Number(base.text);
  const [text, setText] = useState(draft.text === '' ? postmortem.markdown : draft.text);
  const [preview, setPreview] = useState(false);
  const type = (next: string): void => {
    setText(next);
    draft.setText(next);
    if (base.text === '') base.setText(String(postmortem.version));
  };
  const forget = (): void => {
    draft.clear();
    base.clear();
    done();
  };
  const save = useAction((body: Save) => request('PUT', path, body), [`${API}/postmortems`, `${API}/events`]);
  const submit = (state?: 'draft' | 'published'): void =>
    save.mutate(
      { markdown: text, version, ...(state !== undefined && { state }) },
      { onSuccess: forget, onError: ({ status }) => status === 409 && void refresh([path]) },
    );
  const merged = (): void => {
    base.setText(String(postmortem.version));
    save.reset();
  };
  const newer = postmortem.version > version || save.error?.status === 409;
  return (
    <div className="stack no-print">
      {newer && (
        <Note tone="warn">
          <p className="strong">Someone else saved meanwhile (version {postmortem.version}).</p>
          <p>Your text is kept here. Read theirs below, copy what you need, then save yours on top.</p>
          <details>
            <summary>Their text</summary>
            <pre className="code">{postmortem.markdown}</pre>
          </details>
          <button type="button" className="button" onClick={merged}>
            I have merged it: let me save
          </button>
        </Note>
      )}
      {preview ? (
        <article className="card card-text">
          <Markdown text={text} image={frozenGraph} />
        </article>
      ) : (
        <TextBox label="Markdown" className="mono editor" spellCheck value={text} onChange={(event) => type(event.target.value)} />
      )}
      {save.error && save.error.status !== 409 && <ErrorNote error={save.error} />}
      <div className="row">
        <button type="button" className="button button-main" disabled={save.isPending || newer} onClick={() => submit()}>
          {save.isPending ? 'Saving…' : 'Save'}
        </button>
        {postmortem.state === 'draft' && (
          <button type="button" className="button" disabled={save.isPending || newer} onClick={() => submit('published')}>
            Save and publish
          </button>
        )}
        <button type="button" className="button" onClick={() => setPreview(!preview)}>
          {preview ? 'Back to the text' : 'Preview'}
        </button>
        <button type="button" className="button button-plain" onClick={forget}>
          Discard my changes
        </button>
      </div>
    </div>
  );
}
