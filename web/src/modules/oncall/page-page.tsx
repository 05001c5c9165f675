import type { ReactNode } from 'react';
import type { PageDetail } from '../../../../src/oncall/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { useRunbooks } from '../catalog/use-runbooks.ts';
import { DeliveryRow } from '../delivery/delivery-row.tsx';
import { PageAnswers } from './page-answers.tsx';
import { pageTone, pageWord } from './page-row.tsx';

export default function PagePage(): ReactNode {
  const page = useGet<PageDetail>(`${API}/pages/${encodeURIComponent(useParam('id'))}`, { every: 15_000 });
  return (
    <Answer query={page} lines={8}>
      {(data) => <PageView page={data} />}
    </Answer>
  );
}

function PageView({ page }: { page: PageDetail }): ReactNode {
  const { subject, state, service, incident, acknowledgedBy, acknowledgedAt, resolvedAt, triggeredAt, text, alerts } = page;
  useTitle(subject);
  return (
    <div className="stack">
      <header className="page-head">
        <div className="row small">
          <Tag tone={pageTone(page)}>{pageWord[state]}</Tag>
          <span className="dim">
            paged <Ago time={triggeredAt} />
            {acknowledgedAt !== null && (
              <>
                , acknowledged by <span className="strong">{acknowledgedBy}</span> <Ago time={acknowledgedAt} />
              </>
            )}
            {resolvedAt !== null && (
              <>
                , resolved <Ago time={resolvedAt} />
              </>
            )}
          </span>
        </div>
        <h1>{subject}</h1>
      </header>
      <PageAnswers page={page} />
      <div className="row">
        {incident !== null && (
          <Link className="button" to={`/incidents/${incident}`}>
            Go to the incident
          </Link>
        )}
        {service !== null && (
          <Link className="button" to={`/services/${service}`}>
            {service}
          </Link>
        )}
        <Runbooks service={service} />
      </div>
      <div className="split">
        <Card title="What was sent">
          <pre className="code">{text}</pre>
        </Card>
        <div className="stack">
          <Card title="Alerts in it">
            <ul className="list">
              {alerts.map((alert) => (
                <li key={alert.fingerprint} className="list-row">
                  <div className="list-body">
                    <div className="strong">{alert.summary}</div>
                    <div className="small dim">{alert.rule}</div>
                  </div>
                  <Tag tone={alert.state === 'resolved' ? 'ok' : 'bad'}>{alert.state}</Tag>
                </li>
              ))}
            </ul>
          </Card>
          <Notifications page={page} />
        </div>
      </div>
    </div>
  );
}

function Runbooks({ service }: { service: string | null }): ReactNode {
  return useRunbooks(service === null ? [] : [service]).map(({ runbook }) => (
    <a key={runbook} className="button" href={runbook} rel="noreferrer" target="_blank">
      Runbook
    </a>
  ));
}

function Notifications({ page }: { page: PageDetail }): ReactNode {
  return (
    <Card title="Who was told">
      {page.notifications.length === 0 && <p className="empty">Nobody yet.</p>}
      <ul className="list">
        {page.notifications.map((one) => (
          <DeliveryRow key={one.id} delivery={one} />
        ))}
      </ul>
    </Card>
  );
}
