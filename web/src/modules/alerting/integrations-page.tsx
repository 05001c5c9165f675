import type { ReactNode } from 'react';
import type { Integration } from '../../../../src/alerting/inbound/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { count } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago, Card, CopyButton, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';

const PATH = `${API}/integrations`;

/** Who tells of alerts from outside. */
export default function IntegrationsPage(): ReactNode {
  useTitle('Integrations');
  const integrations = useList<Integration>(PATH, { every: 15_000 });
  return (
    <div className="stack">
      <PageHead title="Integrations">Who tells of alerts from outside, what came last, and what was wrong with it.</PageHead>
      <Answer
        query={integrations}
        lines={5}
        empty="None yet. A document of kind Integration takes events of PagerDuty and Opsgenie senders, Grafana, an Alertmanager, CloudEvents, mail, or any JSON."
      >
        {(all) => (
          <Card title="All" aside={all.length}>
            <ul className="list">
              {all.map((one) => (
                <Row key={one.name} integration={one} />
              ))}
            </ul>
          </Card>
        )}
      </Answer>
    </div>
  );
}

/** An error that is older than the last event is no longer the matter. */
const isWrong = ({ lastErrorAt, lastEventAt }: Integration): boolean =>
  lastErrorAt !== null && (lastEventAt === null || lastErrorAt > lastEventAt);

function stateOf(integration: Integration): [tone: Tone, word: string] {
  if (integration.secret === 'missing') return ['bad', 'Secret not set'];
  if (isWrong(integration)) return ['warn', 'Refused'];
  return integration.lastEventAt === null ? ['none', 'Nothing yet'] : ['ok', 'Fine'];
}

function Row({ integration }: { integration: Integration }): ReactNode {
  const { name, title, type, description, service, address, secret, taken, refused, lastEventAt, lastEvent, lastErrorAt, lastError } = integration;
  const mayAct = useMayAct();
  const test = useAction(() => request('POST', `${PATH}/${encodeURIComponent(name)}/test`), [PATH, `${API}/alerts`]);
  const [tone, word] = stateOf(integration);
  return (
    <li className="list-row">
      <div className="list-body" style={{ overflowWrap: 'anywhere' }}>
        <div className="row">
          <span className="strong">{title}</span>
          <span className="small dim">
            {type}
            {service !== null && ` · ${service}`}
          </span>
          <Tag tone={tone}>{word}</Tag>
        </div>
        {description !== '' && <div className="small">{description}</div>}
        <div className="small mono">{address}</div>
        <div className="small dim">
          {count(taken)} taken
          {refused > 0 && ` · ${count(refused)} refused`}
          {lastEventAt !== null && (
            <>
              {' '}
              · last <Ago time={lastEventAt} />
              {lastEvent !== null && `: ${lastEvent}`}
            </>
          )}
        </div>
        {lastError !== null && lastErrorAt !== null && (
          <div className={isWrong(integration) ? 'small tone-bad' : 'small dim'}>
            <Ago time={lastErrorAt} />: {lastError}
          </div>
        )}
        {secret === 'missing' && <div className="small tone-bad">The variable that the document names is not set where nines runs: nobody can send.</div>}
        {test.error && <ErrorNote error={test.error} />}
        <div className="row" style={{ marginTop: 8 }}>
          <CopyButton text={address} label="Copy the address" />
          {mayAct && (
            <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(undefined)}>
              {test.isSuccess ? 'Tested: see the alerts' : 'Test'}
              <span className="sr-only"> {title}</span>
            </button>
          )}
        </div>
      </div>
    </li>
  );
} // prettier-ignore
