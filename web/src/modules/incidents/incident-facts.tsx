import type { ReactNode } from 'react';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import type { Alert } from '../../../../src/alerting/contract.ts';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import { API, useList } from '../../api/query.ts';
import { useNow } from '../../ui/clock.ts';
import { actorName, count, duration, number, percent, sentenceList, toMs } from '../../ui/format.ts';
import { Link } from '../../ui/router.tsx';
import { useImpact, type Impact } from './use-incident.ts';

/** What is broken, who is affected, what changed, who is on it: above the fold of a phone. */
export function IncidentFacts({ incident }: { incident: IncidentDetail }): ReactNode {
  const now = useNow(15_000);
  const impact = useImpact(incident, now);
  return (
    <section className="card card-facts" aria-label="What is known">
      <dl className="facts">
        <dt>Broken</dt>
        <dd>
          <Broken incident={incident} />
        </dd>
        <dt>Affected</dt>
        <dd>
          <Affected impact={impact} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <Changed incident={incident} />
        </dd>
        <dt>On it</dt>
        <dd>
          {incident.roles.commander ? (
            <>
              <span className="strong">{incident.roles.commander}</span> leads
              {others(incident).length > 0 && <span className="dim">, with {sentenceList(others(incident))}</span>}
            </>
          ) : (
            <span className="strong tone-bad">Nobody yet</span>
          )}
        </dd>
      </dl>
    </section>
  );
}

const others = ({ responders, roles }: IncidentDetail): string[] => responders.filter((name) => name !== roles.commander);

function Broken({ incident }: { incident: IncidentDetail }): ReactNode {
  const alerts = useList<Alert>(`${API}/alerts?state=firing`, { every: 15_000 }).data ?? [];
  const services = useList<ServiceJson>(`${API}/services`).data ?? [];
  const own = alerts.filter(({ service }) => service !== null && incident.services.includes(service));
  const [first] = own.sort((a, b) => a.severity.localeCompare(b.severity) || a.activeAt.localeCompare(b.activeAt));
  return (
    <>
      {incident.services.length === 0 && <span className="dim">no service named</span>}
      {incident.services.map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <Link to={`/services/${name}`} className="strong">
            {services.find((one) => one.name === name)?.title || name}
          </Link>
        </span>
      ))}
      {first && <div className="small">{saying(first, incident.title)}</div>}
      {first === undefined && incident.outageEndedAt !== null && <div className="small tone-ok">No alert fires any more</div>}
    </>
  );
}

/** What the alert adds to the incident's title, numbers and all. */
function saying({ rule, annotations }: Alert, title: string): string {
  const { summary = rule, description } = annotations;
  if (description === undefined) return summary;
  return title.includes(summary) ? description : `${summary}: ${description}`;
}

function Affected({ impact }: { impact: readonly Impact[] }): ReactNode {
  const measured = impact.flatMap(({ objective, cost }) =>
    cost?.total && cost.bad !== null ? [{ ...cost, objective, total: cost.total, bad: cost.bad, share: cost.bad / cost.total }] : [],
  );
  if (measured.length === 0) return <span className="dim">not measured: no objective has data</span>;
  const hurt = measured.filter(({ objective, share }) => share > 1 - objective.target);
  if (hurt.length === 0) return <span className="dim">nobody beyond what the objectives allow</span>;
  return hurt.map(({ objective, bad, total, share, budgetShare }) => (
    <div key={objective.name}>
      <span className="strong">{percent(share)} of requests</span> <span className="small">miss “{objective.title}”</span>
      <div className="small dim">
        {count(bad)} of {count(total)} since it began
        {budgetShare !== null && `, ${budgetShare > 1 ? `${number(budgetShare)}× the whole` : `${percent(budgetShare)} of the`} budget`}
      </div>
    </div>
  ));
}

function Changed({ incident }: { incident: IncidentDetail }): ReactNode {
  const [change, ...more] = deploysFirst(incident);
  if (change === undefined) return <span className="dim">nothing known in the six hours before</span>;
  const before = toMs(incident.outageBeganAt) - toMs(change.time);
  return (
    <>
      <span className="strong">{change.title}</span>
      <span className="small dim">
        {' '}
        {duration(Math.round(Math.abs(before) / 1_000) * 1_000)} {before >= 0 ? 'before' : 'into it'}
        {who(change) !== 'nines' && `, by ${who(change)}`}
        {more.length > 0 && (
          <>
            , <a href="#changes">{more.length} more</a>
          </>
        )}
      </span>
    </>
  );
}

const who = ({ actor, data }: IncidentDetail['recentChanges'][number]): string =>
  typeof data['by'] === 'string' ? data['by'] : actorName(actor);

/** Deploys break most things: they come first, each group newest first. */
export function deploysFirst({ recentChanges }: Pick<IncidentDetail, 'recentChanges'>): IncidentDetail['recentChanges'] {
  const deploy = ({ kind }: { kind: string }): boolean => kind === 'change.deploy' || kind === 'change.rollback';
  return [...recentChanges.filter(deploy), ...recentChanges.filter((change) => !deploy(change))];
}
