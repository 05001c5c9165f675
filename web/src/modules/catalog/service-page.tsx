import type { ReactNode } from 'react';
import type { Alert } from '../../../../src/alerting/contract.ts';
import type { EventsPage } from '../../../../src/ledger/contract.ts';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import type { Incident } from '../../../../src/incidents/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { useServicesNow, type ServicesNow } from '../../app/overview/use-state-of-services.ts';
import { Answer, ErrorNote, Skeleton } from '../../ui/answer.tsx';
import { Glyph, Tag } from '../../ui/glyph.tsx';
import { Card } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { AlertRow, groupAlerts } from '../alerting/alert-row.tsx';
import { IncidentRow } from '../incidents/incident-row.tsx';
import { EventList, safeUrl } from '../ledger/event-list.tsx';
import { ProbeResult } from '../monitoring/probe-result.tsx';
import { ServiceGraphs } from '../monitoring/service-graphs.tsx';
import type { ProbeStateJson } from '../../../../src/monitoring/contract.ts';
import { BudgetDetail } from '../objectives/budget.tsx';
import { OnCallCard } from '../oncall/on-call-card.tsx';

export default function ServicePage(): ReactNode {
  const name = useParam('name');
  const all = useServicesNow();
  const now = all.services.find((one) => one.name === name);
  useTitle(now?.title ?? name);
  if (now === undefined) {
    if (all.error) return <ErrorNote error={all.error} retry={all.retry} />;
    return all.loading ? <Skeleton lines={10} /> : <h1>There is no service “{name}”</h1>;
  }
  return (
    <div className="stack">
      <header className="page-head">
        <div className="row">
          <h1>{now.title}</h1>
          <Tag tone={now.tone}>{now.word}</Tag>
        </div>
        {now.service.description !== '' && <p className="dim">{now.service.description}</p>}
      </header>
      {all.error && <ErrorNote error={all.error} retry={all.retry} />}
      <div className="split">
        <div className="stack">
          <Alerts service={name} />
          <Card title="Objectives">
            {now.objectives.length === 0 ? (
              <p className="empty">
                None yet. An <code>openslo/v1 SLO</code> document for this service makes one.
              </p>
            ) : (
              <div className="stack">
                {now.objectives.map((objective) => (
                  <BudgetDetail key={objective.name} objective={objective} />
                ))}
              </div>
            )}
          </Card>
          <Probes service={name} />
          <ServiceGraphs service={name} objectives={now.objectives} />
        </div>
        <div className="stack">
          <About service={now.service} />
          <OnCallCard service={name} />
          <Neighbours service={now.service} all={all} />
          <Changes service={name} />
        </div>
      </div>
    </div>
  );
}

function Alerts({ service }: { service: string }): ReactNode {
  const alerts = useList<Alert>(`${API}/alerts?state=firing`, { every: 15_000 });
  const incidents = useList<Incident>(`${API}/incidents?state=open`, { every: 60_000 });
  const firing = (alerts.data ?? []).filter((alert) => alert.service === service);
  const open = (incidents.data ?? []).filter(({ services }) => services.includes(service));
  if (firing.length === 0 && open.length === 0) return null;
  return (
    <Card title="Wrong now" alarm>
      <ul className="list">
        {open.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
        {groupAlerts(firing).map((group) => (
          <AlertRow key={group[0]?.fingerprint} alerts={group} />
        ))}
      </ul>
    </Card>
  );
}

function Probes({ service }: { service: string }): ReactNode {
  const probes = useList<ProbeStateJson>(`${API}/probes`, { every: 15_000 });
  const own = (probes.data ?? []).filter((probe) => probe.service === service);
  if (probes.data !== undefined && own.length === 0) return null;
  return (
    <Card title="Probes">
      <Answer query={probes}>{() => own.map((probe) => <ProbeResult key={probe.name} result={probe} />)}</Answer>
    </Card>
  );
}

function About({ service }: { service: ServiceJson }): ReactNode {
  const runbook = safeUrl(service.runbook);
  const repository = safeUrl(service.repository);
  return (
    <Card title="About">
      <dl className="facts">
        <dt>Owner</dt>
        <dd>{service.owner ?? <span className="tone-warn">nobody</span>}</dd>
        <dt>Tier</dt>
        <dd>{service.tier}</dd>
        {repository !== undefined && (
          <>
            <dt>Code</dt>
            <dd>
              <a href={repository} rel="noreferrer" target="_blank">
                {repository.replace(/^https?:\/\//, '')}
              </a>
            </dd>
          </>
        )}
      </dl>
      {runbook === undefined ? (
        <p className="small dim">No runbook yet.</p>
      ) : (
        <p style={{ marginTop: 10 }}>
          <a className="button" href={runbook} rel="noreferrer" target="_blank">
            Runbook
          </a>
        </p>
      )}
    </Card>
  );
}

function Neighbours({ service, all }: { service: ServiceJson; all: ServicesNow }): ReactNode {
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['Depends on', service.dependsOn],
    ['Needed by', service.dependents],
  ];
  if (groups.every(([, names]) => names.length === 0)) return null;
  return (
    <Card title="Neighbours">
      {groups.map(
        ([title, names]) =>
          names.length > 0 && (
            <div key={title}>
              <h3 className="small dim">{title}</h3>
              <ul className="list">
                {names.map((name) => (
                  <Neighbour key={name} name={name} all={all} />
                ))}
              </ul>
            </div>
          ),
      )}
    </Card>
  );
}

function Neighbour({ name, all }: { name: string; all: ServicesNow }): ReactNode {
  const now = all.services.find((one) => one.name === name);
  return (
    <li>
      <Link to={`/services/${name}`} className="list-row">
        <Glyph tone={now?.tone ?? 'none'} />
        <span className="list-title list-body">{now?.title ?? name}</span>
        <span className={`small tone-${now?.tone ?? 'none'}`}>{now?.word ?? 'unknown'}</span>
      </Link>
    </li>
  );
}

function Changes({ service }: { service: string }): ReactNode {
  const events = useGet<EventsPage>(
    withQuery(`${API}/events`, { order: 'desc', limit: 12, service, kind: 'change.*,alert.*,page.*,incident.*,config.*' }),
  );
  return (
    <Card title="What happened">
      <Answer query={events} lines={4}>
        {({ events: lines }) => (lines.length === 0 ? <p className="empty">Nothing yet.</p> : <EventList events={lines} />)}
      </Answer>
    </Card>
  );
}
