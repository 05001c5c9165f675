import type { ReactNode } from 'react';
import type { Incident } from '../../../../src/incidents/contract.ts';
import { sentenceList } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Elapsed } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

export function IncidentRow({ incident }: { incident: Incident }): ReactNode {
  const { id, number, title, state, services, roles, openedAt, outageBeganAt, outageEndedAt, allClearAt } = incident;
  const open = state === 'open';
  return (
    <li>
      <Link to={`/incidents/${id}`} className="list-row">
        <div className="list-body">
          <div className="row">
            <span className="list-title strong">
              <span className="dim">#{number}</span> {title}
            </span>
          </div>
          <div className="small dim">
            {sentenceList(services)}
            {services.length > 0 && ' · '}
            {open ? (
              roles.commander ? (
                `${roles.commander} leads`
              ) : (
                <span className="strong tone-bad">nobody is on the scene</span>
              )
            ) : (
              <Ago time={openedAt} />
            )}
          </div>
        </div>
        {open ? (
          <Tag tone={outageEndedAt === null ? 'bad' : 'warn'}>
            <Elapsed from={outageBeganAt} to={outageEndedAt} />
          </Tag>
        ) : (
          <Tag tone="ok">
            <Elapsed from={outageBeganAt} to={outageEndedAt ?? allClearAt} />
          </Tag>
        )}
      </Link>
    </li>
  );
}
