import { useState, type ReactNode } from 'react';
import type { PostmortemDetail } from '../../../../src/postmortems/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { duration } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Ago } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';
import { Editor, hasDraft } from './editor.tsx';
import { frozenGraph } from './frozen-graph.ts';

export default function PostmortemPage(): ReactNode {
  const id = useParam('id');
  const postmortem = useGet<PostmortemDetail>(`${API}/postmortems/${encodeURIComponent(id)}`);
  return (
    <Answer query={postmortem} lines={12}>
      {(data) => <Postmortem key={data.id} postmortem={data} />}
    </Answer>
  );
}

function Postmortem({ postmortem }: { postmortem: PostmortemDetail }): ReactNode {
  const { id, title, incident, incidentNumber, state, mttaMs, mttrMs, updatedAt, updatedBy, markdown } = postmortem;
  const mayAct = useMayAct();
  const [editing, edit] = useState(() => hasDraft(id));
  useTitle(`Postmortem: ${title}`);
  return (
    <div className="stack">
      <header className="page-head">
        <div className="row small">
          <Link to={`/incidents/${incident}`} className="strong">
            Incident {incidentNumber}
          </Link>
          <Tag tone={state === 'published' ? 'ok' : 'none'}>{state === 'published' ? 'Published' : 'Draft'}</Tag>
          <span className="dim">
            Acknowledged after <span className="strong">{duration(mttaMs)}</span>, resolved after{' '}
            <span className="strong">{duration(mttrMs)}</span>
          </span>
        </div>
        <h1>{title}</h1>
        <div className="row no-print">
          {mayAct && !editing && (
            <button type="button" className="button" data-key="e" onClick={() => edit(true)}>
              Edit
            </button>
          )}
          <button type="button" className="button" onClick={() => window.print()}>
            Print
          </button>
          <a className="button" href={`${API}/postmortems/${encodeURIComponent(id)}.md`}>
            Markdown
          </a>
          <span className="small dim">
            saved <Ago time={updatedAt} /> by {updatedBy.replace(/^\w+:/, '')}
          </span>
        </div>
      </header>
      {editing ? (
        <Editor postmortem={postmortem} done={() => edit(false)} />
      ) : (
        <article className="card card-text">
          <Markdown text={withoutTitle(markdown)} image={frozenGraph} />
        </article>
      )}
    </div>
  );
}

/** The page has the title already. */
const withoutTitle = (markdown: string): string => markdown.replace(/^\s*# [^\n]*\n/, '');
