import type { ReactNode } from 'react';
import type { OnCallNow } from '../../../../src/oncall/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { At, Card } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

/** Who is on call now, until when, and who is next; for one service, who would be called first. */
export function OnCallCard({ service }: { service?: string }): ReactNode {
  const now = useGet<OnCallNow>(`${API}/oncall/now`, { every: 60_000 });
  return (
    <Card title="On call now" aside={<Link to="/oncall">All</Link>}>
      <Answer query={now} lines={2}>
        {(data) => (service === undefined ? <Schedules {...data} /> : <FirstFor service={service} now={data} />)}
      </Answer>
    </Card>
  );
}

function Schedules({ schedules }: OnCallNow): ReactNode {
  if (schedules.length === 0) return <p className="empty">Nobody: there is no schedule yet.</p>;
  return (
    <ul className="list">
      {schedules.map(({ schedule, primary, secondary, until, next }) => (
        <li key={schedule} className="list-row">
          <div className="list-body">
            <div className="row">
              <span className={primary ? 'strong' : 'strong tone-bad'}>{primary?.title ?? 'Nobody'}</span>
              {secondary && <span className="small dim">then {secondary.title}</span>}
            </div>
            <div className="small dim">
              {schedule}
              {until !== null && (
                <>
                  {' '}
                  · until <At time={until} />
                </>
              )}
              {next?.primary && ` · next ${next.primary.title}`}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function FirstFor({ service, now }: { service: string; now: OnCallNow }): ReactNode {
  const found = now.services.find((one) => one.service === service);
  if (found === undefined || found.first.length === 0)
    return <p className="strong tone-warn">Nobody would be called{found?.policy ? ` by ${found.policy}` : ': no escalation policy'}.</p>;
  const people = found.first.map(({ title }) => title).join(', ');
  const shift = now.schedules.find(({ primary }) => primary?.name === found.first[0]?.name);
  return (
    <>
      <p className="strong">{people}</p>
      <p className="small dim">
        by {found.policy}
        {shift?.until && (
          <>
            {' '}
            · until <At time={shift.until} />
          </>
        )}
        {shift?.secondary && ` · then ${shift.secondary.title}`}
      </p>
    </>
  );
}
