import { useState, type ReactNode } from 'react';
import type { Integration, IntegrationKey } from '../../../../src/alerting/inbound/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Select } from '../../ui/form.tsx';
import { count } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago, Card, CopyText, Note, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';
import { useMayAct, useMe } from '../access/me.ts';
import { howToSend, newDocument } from './how-to-send.ts';

const PATH = `${API}/integrations`;

/** Who tells of alerts from outside. */
export default function IntegrationsPage(): ReactNode {
  useTitle('Integrations');
  const integrations = useList<Integration>(PATH, { every: 15_000 });
  return (
    <div className="stack">
      <PageHead title="Integrations">Who tells of alerts from outside, what came last, and what was wrong with it.</PageHead>
      <Answer query={integrations} lines={5}>
        {(all) => (
          <div className="columns">
            {all.map((one) => (
              <IntegrationCard key={one.name} integration={one} />
            ))}
            <Another />
          </div>
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

function IntegrationCard({ integration }: { integration: Integration }): ReactNode {
  const { name, title, type, description, service, secret, taken, refused, lastEventAt, lastEvent, lastErrorAt, lastError } = integration;
  const mayAct = useMayAct();
  const test = useAction(() => request('POST', `${PATH}/${encodeURIComponent(name)}/test`), [PATH, `${API}/alerts`]);
  const [tone, word] = stateOf(integration);
  return (
    <Card title={title} aside={<Tag tone={tone}>{word}</Tag>}>
      <div className="stack stack-tight" style={{ overflowWrap: 'anywhere' }}>
        <div className="small dim">
          {type}
          {service !== null && (
            <>
              {' '}
              for <Link to={`/services/${service}`}>{service}</Link>
            </>
          )}
          {description !== '' && ` · ${description}`}
        </div>
        <div className="small">
          {count(taken)} taken
          {refused > 0 && `, ${count(refused)} refused`}
          {lastEventAt !== null && (
            <>
              , last <Ago time={lastEventAt} />
              {lastEvent !== null && `: ${lastEvent}`}
            </>
          )}
        </div>
        {lastError !== null && lastErrorAt !== null && (
          <div className={isWrong(integration) ? 'small tone-bad' : 'small dim'}>
            Refused <Ago time={lastErrorAt} />: {lastError}
          </div>
        )}
        {secret === 'missing' && <div className="small tone-bad">The variable that the document names is not set where nines runs: nobody can send.</div>}
        <HowTo integration={integration} />
        {test.error && <ErrorNote error={test.error} />}
        {test.isSuccess && (
          <Note tone="ok">
            It came as an alert that calls nobody: <Link to="/alerts">see the alerts</Link>.
          </Note>
        )}
        {mayAct && (
          <div>
            <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(undefined)}>
              Test<span className="sr-only"> {title}</span>
            </button>
          </div>
        )}
      </div>
    </Card>
  );
} // prettier-ignore

/** What goes into the sender's settings, with a key where one was just made. */
function HowTo({ integration }: { integration: Integration }): ReactNode {
  const { name, address, type, secret } = integration;
  const admin = useMe().data?.role === 'admin';
  const make = useAction(() => request<IntegrationKey>('POST', `${PATH}/${encodeURIComponent(name)}/key`), [PATH]);
  const key = make.data?.key;
  return (
    <details open={key === undefined ? undefined : true}>
      <summary>How to send here</summary>
      <div className="stack" style={{ paddingTop: 10 }}>
        <CopyText label="Its address" text={address} />
        {key !== undefined && (
          <Note tone="warn">
            The key is shown this once:
            <CopyText label="Key" text={key} />
          </Note>
        )}
        {howToSend(integration, key).map(({ title, text }) => (
          <CopyText key={title} label={title} text={text} />
        ))}
        {type !== 'email' && key === undefined && (
          <p className="small dim">
            KEY is {secret === 'environment' ? 'the secret that the document names' : 'a key of this integration, or an intake token'}.
          </p>
        )}
        {make.error && <ErrorNote error={make.error} />}
        {admin && type !== 'email' && secret !== 'environment' && key === undefined && (
          <div>
            <button type="button" className="button" disabled={make.isPending} onClick={() => make.mutate(undefined)}>
              {secret === 'key' ? 'Make another key: the old one ends' : 'Make a key'}
            </button>
          </div>
        )}
      </div>
    </details>
  );
}

const TYPES = [
  ['pagerduty', 'PagerDuty Events API v2'],
  ['opsgenie', 'Opsgenie Alert API'],
  ['grafana', 'Grafana'],
  ['alertmanager', 'an Alertmanager'],
  ['cloudevents', 'CloudEvents'],
  ['email', 'mail'],
  ['json', 'anything that posts JSON'],
] as const;

function Another(): ReactNode {
  const [type, setType] = useState('pagerduty');
  return (
    <Card title="Another sender">
      <div className="stack">
        <Select label="It sends as" value={type} options={TYPES} onChange={setType} />
        <CopyText label="Put this among your documents" text={newDocument(type)} />
        <p className="small dim">Once it is applied, it stands here with its address. A Prometheus or an amtool needs no document: they speak to nines as to an Alertmanager.</p>
      </div>
    </Card>
  );
} // prettier-ignore
