import type { ReactNode } from 'react';
import type { PostmortemSummary } from '../../../../src/postmortems/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { duration, sentenceList } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At, Card, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';

export default function PostmortemsPage(): ReactNode {
  useTitle('Postmortems');
  const postmortems = useList<PostmortemSummary>(`${API}/postmortems`);
  return (
    <div className="stack">
      <PageHead title="Postmortems">What happened, what it cost, and what will be different. Nobody is to blame.</PageHead>
      <Answer query={postmortems} lines={5} empty="None yet. One is drafted by itself when an incident is all clear.">
        {(all) => (
          <Card title="All">
            <ul className="list">
              {[...all]
                .sort((a, b) => b.incidentNumber - a.incidentNumber)
                .map((one) => (
                  <Row key={one.id} postmortem={one} />
                ))}
            </ul>
          </Card>
        )}
      </Answer>
    </div>
  );
}

function Row({ postmortem }: { postmortem: PostmortemSummary }): ReactNode {
  const { id, title, incidentNumber, services, state, createdAt, mttrMs } = postmortem;
  return (
    <li>
      <Link to={`/postmortems/${id}`} className="list-row">
        <div className="list-body">
          <div className="list-title strong">
            <span className="dim">#{incidentNumber}</span> {title}
          </div>
          <div className="small dim">
            {sentenceList(services)} · <At time={createdAt} />
            {mttrMs !== null && ` · resolved in ${duration(mttrMs)}`}
          </div>
        </div>
        <Tag tone={state === 'published' ? 'ok' : 'none'}>{state === 'published' ? 'Published' : 'Draft'}</Tag>
      </Link>
    </li>
  );
}
