import { Fragment, type ReactNode } from 'react';
import type { HeartbeatDetail } from '../../../../src/alerting/heartbeat/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { duration } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago, At, Card, CopyText, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { HEARTBEAT_TONES, HEARTBEAT_WORDS } from './heartbeat-state.ts';

/** One job: how it is, what it said, and how it is to say it. */
export default function HeartbeatPage(): ReactNode {
  const name = useParam('name');
  useTitle(name);
  const heartbeat = useGet<HeartbeatDetail>(`${API}/heartbeats/${encodeURIComponent(name)}`, { every: 10_000 });
  return (
    <div className="stack">
      <PageHead title={<span style={{ overflowWrap: 'anywhere' }}>{heartbeat.data?.title ?? name}</span>}>
        <Link to="/heartbeats">Heartbeats</Link>
      </PageHead>
      <Answer query={heartbeat} lines={8}>
        {(data) => (
          <>
            <Facts heartbeat={data} />
            {data.output !== null && data.output !== '' && (
              <Card title="What it said last">
                <pre style={{ overflowX: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{data.output}</pre>
              </Card>
            )}
            <Signals heartbeat={data} />
            <HowTo heartbeat={data} />
          </>
        )}
      </Answer>
    </div>
  );
}

function Facts({ heartbeat }: { heartbeat: HeartbeatDetail }): ReactNode {
  const { status, description, schedule, service, lastSuccessAt, lastFailureAt, startedAt, expectedAt, deadline } = heartbeat;
  const times: [string, string | null][] = [
    ['Runs since', startedAt],
    ['Last success', lastSuccessAt],
    ['Last failure', lastFailureAt],
    ['Expected', expectedAt],
    ['Late at', deadline],
  ];
  return (
    <Card title="How it is" aside={<Tag tone={HEARTBEAT_TONES[status]}>{HEARTBEAT_WORDS[status]}</Tag>} alarm={HEARTBEAT_TONES[status] === 'bad'}>
      {description !== '' && <p>{description}</p>}
      <dl className="facts">
        {times.map(
          ([what, time]) =>
            time !== null && (
              <Fragment key={what}>
                <dt>{what}</dt>
                <dd>
                  <At time={time} /> <span className="dim">(<Ago time={time} />)</span>
                </dd>
              </Fragment>
            ),
        )}
        <dt>Runs</dt>
        <dd className="mono">{schedule}</dd>
        {service !== null && (
          <>
            <dt>Service</dt>
            <dd>
              <Link to={`/services/${service}`}>{service}</Link>
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
} // prettier-ignore

const TONES: Readonly<Record<HeartbeatDetail['signals'][number]['kind'], Tone>> = { start: 'none', success: 'ok', fail: 'bad' };
const WORDS = { start: 'Started', success: 'Succeeded', fail: 'Failed' } as const;

function Signals({ heartbeat: { signals } }: { heartbeat: HeartbeatDetail }): ReactNode {
  return (
    <Card title="What it said" aside={signals.length}>
      {signals.length === 0 ? (
        <Empty>Nothing so far.</Empty>
      ) : (
        <ul className="list">
          {signals.slice(0, 30).map(({ at, kind, exitCode, runtimeMs }) => (
            <li key={`${at} ${kind}`} className="list-row">
              <div className="list-body">
                <At time={at} seconds />
                <span className="small dim">
                  {runtimeMs !== null && ` · took ${duration(runtimeMs)}`}
                  {exitCode !== null && ` · exit code ${exitCode}`}
                </span>
              </div>
              <Tag tone={TONES[kind]}>{WORDS[kind]}</Tag>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function HowTo({ heartbeat: { name, pingUrl } }: { heartbeat: HeartbeatDetail }): ReactNode {
  const command = `nines heartbeat run ${name} -- your-job`;
  const curl = `curl -fsS --retry 5 '${pingUrl}?token=TOKEN'`;
  return (
    <Card title="How the job says it">
      <CopyText label="Around the job" text={command} />
      <CopyText label="Or at its end" text={curl} />
      <p className="small dim">The token is an intake token, or the secret that the document names. /start, /fail and /&lt;exit code&gt; say the rest.</p>
    </Card>
  );
} // prettier-ignore
