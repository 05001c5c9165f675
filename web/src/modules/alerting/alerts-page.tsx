import type { ReactNode } from 'react';
import type { Alert } from '../../../../src/alerting/contract.ts';
import type { Page } from '../../../../src/oncall/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Card, PageHead } from '../../ui/part.tsx';
import { Link, usePlace, useTitle } from '../../ui/router.tsx';
import { PageRow } from '../oncall/page-row.tsx';
import { AlertRow, groupAlerts } from './alert-row.tsx';

const GROUPS = [
  { state: 'firing', title: 'Firing' },
  { state: 'pending', title: 'Pending: the condition holds, not yet long enough' },
  { state: 'resolved', title: 'Lately resolved' },
] as const;

export default function AlertsPage(): ReactNode {
  useTitle('Alerts');
  const alerts = useList<Alert>(`${API}/alerts`, { every: 15_000 });
  const pages = useList<Page>(`${API}/pages`);
  const service = usePlace().search.get('service');
  return (
    <div className="stack">
      <PageHead title="Alerts and pages">
        <Link to="/silences">Silences and maintenance</Link> · <Link to="/rules">Rules</Link> · <Link to="/backtest">Backtest</Link> ·{' '}
        <Link to="/review">Weekly review</Link>
      </PageHead>
      <div className="split">
        <div className="stack">
          <Answer query={alerts} lines={6} empty="No alert fires, and none is about to.">
            {(all) => (
              <>
                <Services alerts={all} chosen={service} />
                {GROUPS.map(({ state, title }) => (
                  <Group
                    key={state}
                    title={title}
                    alarm={state === 'firing'}
                    alerts={all.filter((alert) => alert.state === state && (service === null || alert.service === service))}
                  />
                ))}
              </>
            )}
          </Answer>
        </div>
        <Card title="Pages" aside="newest first">
          <Answer query={pages} empty="Nobody was paged so far.">
            {(all) => (
              <ul className="list">
                {[...all]
                  .sort((a, b) => b.triggeredAt.localeCompare(a.triggeredAt))
                  .slice(0, 50)
                  .map((page) => (
                    <PageRow key={page.id} page={page} />
                  ))}
              </ul>
            )}
          </Answer>
        </Card>
      </div>
    </div>
  );
}

/** The services that alerts are about, where there are several: each by itself. */
function Services({ alerts, chosen }: { alerts: readonly Alert[]; chosen: string | null }): ReactNode {
  const names = [...new Set(alerts.map(({ service }) => service).filter((name) => name !== null))].sort();
  if (names.length < 2 && chosen === null) return null;
  return (
    <nav className="row" aria-label="Services">
      <Link to="/alerts" className={chosen === null ? 'button button-main' : 'button'}>
        All
      </Link>
      {names.map((name) => (
        <Link key={name} to={`/alerts?service=${encodeURIComponent(name)}`} className={name === chosen ? 'button button-main' : 'button'}>
          {name} ({alerts.filter(({ service }) => service === name).length})
        </Link>
      ))}
    </nav>
  );
}

function Group({ title, alarm, alerts }: { title: string; alarm: boolean; alerts: readonly Alert[] }): ReactNode {
  if (alerts.length === 0) return alarm ? <Card title="Firing">No alert fires.</Card> : null;
  const sorted = [...alerts].sort((a, b) => a.severity.localeCompare(b.severity) || b.activeAt.localeCompare(a.activeAt));
  return (
    <Card title={title} aside={alerts.length} alarm={alarm && alerts.some(({ severity }) => severity === 'critical')}>
      <ul className="list">
        {groupAlerts(sorted).map((group) => (
          <AlertRow key={group[0]?.fingerprint} alerts={group} />
        ))}
      </ul>
    </Card>
  );
}
