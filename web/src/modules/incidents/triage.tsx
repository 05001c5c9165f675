import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../../src/incidents/contract.ts';
import { useServicesNow } from '../../app/overview/use-state-of-services.ts';
import { useNow } from '../../ui/clock.ts';
import { number } from '../../ui/format.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Card } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { EventList } from '../ledger/event-list.tsx';
import { deploysFirst } from './incident-facts.tsx';
import { rateOf, useImpact } from './use-incident.ts';

/** The three questions of triage: what changed, is it something we depend on, is it the input? */
export function Triage({ incident }: { incident: IncidentDetail }): ReactNode {
  const changes = deploysFirst(incident);
  return (
    <Card title="Triage" id="changes">
      <div className="stack">
        <div>
          <h3>What changed</h3>
          {changes.length === 0 ? (
            <p className="small dim">Nothing that nines was told of, in the six hours before.</p>
          ) : (
            <EventList events={changes.slice(0, 8)} />
          )}
        </div>
        <Dependencies incident={incident} />
        <Input incident={incident} />
      </div>
    </Card>
  );
}

function Dependencies({ incident }: { incident: IncidentDetail }): ReactNode {
  const { services } = useServicesNow();
  const needed = new Set(services.filter(({ name }) => incident.services.includes(name)).flatMap(({ service }) => service.dependsOn));
  const found = services.filter(({ name }) => needed.has(name) && !incident.services.includes(name));
  return (
    <div>
      <h3>What it depends on</h3>
      {found.length === 0 && <p className="small dim">Nothing else, as far as the documents say.</p>}
      <ul className="list">
        {found.map(({ name, title, tone, word, why }) => (
          <li key={name}>
            <Link to={`/services/${name}`} className="list-row">
              <Glyph tone={tone} />
              <div className="list-body">
                <span className="list-title">{title}</span> <span className={`small tone-${tone}`}>{word}</span>
                {why !== '' && <div className="small dim">{why}</div>}
              </div>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Input({ incident }: { incident: IncidentDetail }): ReactNode {
  const now = useNow(15_000);
  const measured = useImpact(incident, now).flatMap(({ objective, now: during, before }) => {
    const [rate, usual] = [rateOf(during), rateOf(before)];
    return rate === null ? [] : [{ objective, rate, usual }];
  });
  if (measured.length === 0) return null;
  return (
    <div>
      <h3>Input</h3>
      <ul>
        {measured.map(({ objective, rate, usual }) => (
          <li key={objective.name} className="small">
            <span className="strong">{number(rate)}/s</span> on {objective.title}
            {usual !== null && usual > 0 && (
              <span className={Math.abs(rate / usual - 1) > 0.5 ? 'strong tone-warn' : 'dim'}>
                {' '}
                ({number(usual)}/s before, {number(rate / usual)}×)
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
