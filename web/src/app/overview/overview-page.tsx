import type { ReactNode } from 'react';
import type { Incident } from '../../../../src/incidents/contract.ts';
import type { EventsPage } from '../../../../src/ledger/contract.ts';
import type { HealthAnswer } from '../../../../src/platform/contract.ts';
import { useLiveState } from '../../api/live.ts';
import { API, useGet, useList, type Loaded } from '../../api/query.ts';
import { IncidentRow } from '../../modules/incidents/incident-row.tsx';
import { EventList } from '../../modules/ledger/event-list.tsx';
import { OnCallCard } from '../../modules/oncall/on-call-card.tsx';
import { BudgetBar, leastLeft } from '../../modules/objectives/budget.tsx';
import { HostCard } from '../../modules/monitoring/host-card.tsx';
import { Answer, ErrorNote, Skeleton } from '../../ui/answer.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Ago, Card, Note } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';
import { NextSteps } from './next-steps.tsx';
import { useServicesNow, type ServiceNow, type ServicesNow } from './use-state-of-services.ts';
import { verdict } from './verdict.ts';

const CHANGES = 'change.*,config.*,incident.opened,incident.all-clear,page.triggered,page.acknowledged,health.changed';

export default function OverviewPage(): ReactNode {
  const now = useServicesNow();
  const health = useGet<HealthAnswer>(`${API}/health`, { every: 15_000 });
  const incidents = useList<Incident>(`${API}/incidents?state=open`, { every: 60_000 });
  const events = useGet<EventsPage>(`${API}/events?order=desc&limit=12&kind=${encodeURIComponent(CHANGES)}`);
  const bare = now.complete && now.error === null && now.services.length === 0;
  return (
    <div className="stack">
      <Head now={now} health={health.data} openIncidents={incidents.data?.length ?? 0} />
      <HealthBanner health={health.data} />
      {now.error && <ErrorNote error={now.error} retry={now.retry} />}
      <div className="split">
        <div className="stack">
          {!now.loading && (incidents.data?.length ?? 0) > 0 && (
            <Card title="Open incidents" alarm>
              <ul className="list">
                {incidents.data?.map((incident) => (
                  <IncidentRow key={incident.id} incident={incident} />
                ))}
              </ul>
            </Card>
          )}
          {bare && <HostCard />}
          {bare ? <NextSteps /> : <Services now={now} />}
        </div>
        <div className={now.loading ? 'stack waits' : 'stack'}>
          {bare && <Itself health={health} />}
          <OnCallCard />
          <Card title="What changed">
            <Answer query={events} lines={4}>
              {({ events: lines }) =>
                lines.length === 0 ? (
                  <p className="empty">Nothing yet.</p>
                ) : (
                  <EventList events={lines.toSorted((a, b) => b.time.localeCompare(a.time))} />
                )
              }
            </Answer>
          </Card>
          {!bare && <HostCard />}
        </div>
      </div>
    </div>
  );
}

function Head({ now, health, openIncidents }: { now: ServicesNow; health: HealthAnswer | undefined; openIncidents: number }): ReactNode {
  const live = useLiveState();
  const fresh = now.complete && now.error === null && live !== 'cut';
  const { tone, sentence } = verdict({ services: now.services, openIncidents, health: health?.state, fresh });
  useTitle(now.loading ? '' : sentence);
  return (
    <header className="page-head" aria-busy={now.loading}>
      <h1 className="verdict" aria-live="polite">
        {now.loading && now.error === null ? (
          <span className="dim">Asking…</span>
        ) : (
          <>
            <Glyph tone={tone} /> {sentence}
          </>
        )}
      </h1>
      {live === 'cut' && <p className="strong tone-bad">Not live: the connection to nines is cut. What you see may be old.</p>}
    </header>
  );
}

function HealthBanner({ health }: { health: HealthAnswer | undefined }): ReactNode {
  const unwell = health?.components.filter(({ state }) => state !== 'ok') ?? [];
  if (unwell.length === 0) return null;
  return (
    <Note tone={health?.state === 'down' ? 'bad' : 'warn'}>
      <p className="strong">Part of nines itself is not well</p>
      <ul>
        {unwell.map(({ component, state, problem, since }) => (
          <li key={component}>
            <span className="strong">{component}</span> {state}: {problem}{' '}
            <span className="small dim">
              (<Ago time={since} />)
            </span>
          </li>
        ))}
      </ul>
    </Note>
  );
}

/** nines watches itself, too: part by part. */
function Itself({ health }: { health: Loaded<HealthAnswer> }): ReactNode {
  return (
    <Card title="nines itself" aside={health.data?.version}>
      <Answer query={health}>
        {({ components }) => (
          <ul className="list">
            {components.map(({ component, state }) => (
              <li key={component} className="row" style={{ padding: '5px 0' }}>
                <Glyph tone={state === 'ok' ? 'ok' : state === 'down' ? 'bad' : 'warn'} />
                {component}
                <span className="row-end small dim">{state}</span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Card>
  );
}

function Services({ now }: { now: ServicesNow }): ReactNode {
  const { services, loading } = now;
  return (
    <Card title="Services">
      {loading ? (
        // As high as a list of services may be, so that what is below doesn't jump.
        <div style={{ minHeight: '75dvh' }}>
          <Skeleton lines={6} />
        </div>
      ) : (
        <ul className="list">
          {services.map((service) => (
            <ServiceRow key={service.name} now={service} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function ServiceRow({ now }: { now: ServiceNow }): ReactNode {
  const { name, title, tone, word, why, objectives } = now;
  return (
    <li>
      <Link to={`/services/${name}`} className="list-row service-row">
        <Glyph tone={tone} />
        <div className="list-body">
          <div className="row">
            <span className="list-title strong">{title}</span>
            <span className={`small tone-${tone}`}>{word}</span>
          </div>
          {why !== '' && <div className="small dim">{why}</div>}
        </div>
        <div className="service-budget">
          {[...objectives]
            .sort(leastLeft)
            .slice(0, 1)
            .map((objective) => (
              <BudgetBar key={objective.name} objective={objective} />
            ))}
        </div>
      </Link>
    </li>
  );
}
