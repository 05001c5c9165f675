import type { ReactNode } from 'react';
import type { Heartbeat } from '../../../../src/alerting/heartbeat/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { duration } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';
import { HEARTBEAT_TONES, HEARTBEAT_WORDS } from './heartbeat-state.ts';

const RANK = { bad: 0, warn: 1, none: 2, ok: 3 } as const;

/** Jobs that must say that they ran: those in trouble first. */
export default function HeartbeatsPage(): ReactNode {
  useTitle('Heartbeats');
  const heartbeats = useList<Heartbeat>(`${API}/heartbeats`, { every: 15_000 });
  return (
    <div className="stack">
      <PageHead title="Heartbeats">Jobs that must say that they ran, within their time.</PageHead>
      <Answer query={heartbeats} lines={5} empty="None yet. A document of kind Heartbeat says which job runs when, and how late it may be.">
        {(all) => (
          <Card title="All" aside={all.length} alarm={all.some(({ status }) => HEARTBEAT_TONES[status] === 'bad')}>
            <ul className="list">
              {[...all]
                .sort((a, b) => RANK[HEARTBEAT_TONES[a.status]] - RANK[HEARTBEAT_TONES[b.status]] || a.name.localeCompare(b.name))
                .map((one) => (
                  <Row key={one.name} heartbeat={one} />
                ))}
            </ul>
          </Card>
        )}
      </Answer>
    </div>
  );
}

function Row({ heartbeat }: { heartbeat: Heartbeat }): ReactNode {
  const { name, title, status, schedule, service, lastSuccessAt, expectedAt, startedAt, runtimeMs } = heartbeat;
  return (
    <li>
      <Link to={`/heartbeats/${name}`} className="list-row">
        <div className="list-body">
          <div className="list-title strong">{title}</div>
          <div className="small dim">
            {lastSuccessAt === null ? (
              'never succeeded'
            ) : (
              <>
                succeeded <Ago time={lastSuccessAt} />
                {runtimeMs !== null && ` in ${duration(runtimeMs)}`}
              </>
            )}
            {status === 'running' && startedAt !== null ? (
              <>
                {' '}
                · runs since <Ago time={startedAt} />
              </>
            ) : (
              expectedAt !== null && (
                <>
                  {' '}
                  · expected <Ago time={expectedAt} />
                </>
              )
            )}
          </div>
          <div className="small dim">
            <span className="mono">{schedule}</span>
            {service !== null && ` · ${service}`}
          </div>
        </div>
        <Tag tone={HEARTBEAT_TONES[status]}>{HEARTBEAT_WORDS[status]}</Tag>
      </Link>
    </li>
  );
}
