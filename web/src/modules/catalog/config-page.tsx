import type { ReactNode } from 'react';
import type { z } from 'zod';
import type { configState, DocumentProblem, ResourceJson } from '../../../../src/catalog/contract.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';

type ConfigState = z.infer<typeof configState>;

export default function ConfigPage(): ReactNode {
  useTitle('Configuration');
  const config = useGet<ConfigState>(`${API}/config`, { every: 30_000 });
  const resources = useList<ResourceJson>(`${API}/resources`);
  return (
    <div className="stack">
      <PageHead title="Configuration" />
      <Answer query={config}>
        {({ version, appliedAt, source, refused }) => (
          <>
            {refused === null ? (
              <Note tone="ok">
                <p className="strong">What is in force is what the documents say.</p>
              </Note>
            ) : (
              <Refused at={refused.at} problems={refused.problems} />
            )}
            <Card title="In force">
              <dl className="facts">
                <dt>Version</dt>
                <dd>{version}</dd>
                <dt>Applied</dt>
                <dd>{appliedAt === null ? 'nothing yet' : <Ago time={appliedAt} />}</dd>
                <dt>From</dt>
                <dd className="mono">{source ?? '–'}</dd>
              </dl>
            </Card>
          </>
        )}
      </Answer>
      <Card title="Documents" aside={resources.data?.length}>
        <Answer query={resources} lines={5} empty="None yet.">
          {(all) => <Documents resources={all} />}
        </Answer>
      </Card>
    </div>
  );
}

function Refused({ at, problems }: { at: string; problems: readonly DocumentProblem[] }): ReactNode {
  return (
    <Card
      alarm
      title={
        <>
          An edit was refused <Ago time={at} />
        </>
      }
      aside={plural(problems.length, 'problem')}
    >
      <p>The last good configuration stays in force. Correct these, and it is applied by itself.</p>
      <ul className="list" style={{ marginTop: 6 }}>
        {problems.map((problem, index) => (
          <li key={index} className="list-row">
            <div className="list-body">
              <div className="mono strong">
                {problem.file}:{problem.line}:{problem.column}
              </div>
              <div>{problem.message}</div>
              {problem.hint !== null && <div className="dim">{problem.hint}</div>}
            </div>
            <Tag tone={problem.severity === 'error' ? 'bad' : 'warn'}>{problem.severity}</Tag>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Documents({ resources }: { resources: readonly ResourceJson[] }): ReactNode {
  const kinds = [...new Set(resources.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => (
    <details key={kind} className="kind">
      <summary>
        <span className="strong">{kind}</span> <span className="dim">{resources.filter((one) => one.kind === kind).length}</span>
      </summary>
      <ul className="list">
        {resources
          .filter((one) => one.kind === kind)
          .map(({ name, file }) => (
            <li key={name} className="list-row">
              <span className="list-body">{kind === 'Service' ? <Link to={`/services/${name}`}>{name}</Link> : name}</span>
              <span className="small dim mono">{file ?? 'made by the API'}</span>
            </li>
          ))}
      </ul>
    </details>
  ));
}
