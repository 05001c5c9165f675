import type { ReactNode } from 'react';
import type { OnCallNow } from '../../../../src/oncall/contract.ts';
import type { CalendarJson, GapJson } from '../../../../src/oncall/schedules/contract.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural, sentenceList } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';

/** Who is on call for everything, now; and where nobody will be. */
export default function OnCallPage(): ReactNode {
  useTitle('On call');
  const now = useGet<OnCallNow>(`${API}/oncall/now`, { every: 60_000 });
  const gaps = useList<GapJson>(`${API}/oncall/gaps`);
  return (
    <div className="stack">
      <PageHead title="On call">Who is called now, for what, and until when.</PageHead>
      <div className="row">
        <Link className="button button-main" to="/shifts">
          My shifts
        </Link>
        <Link className="button" to="/oncall/who">
          Who to call
        </Link>
        <Link className="button" to="/oncall/handover">
          Hand-over
        </Link>
        <Link className="button" to="/oncall/ready">
          Ready?
        </Link>
      </div>
      <Gaps gaps={gaps.data ?? []} />
      <Answer query={now} lines={6}>
        {(data) => (
          <div className="split">
            <div className="stack">
              <Schedules now={data} />
              <Calendars />
            </div>
            <Services now={data} />
          </div>
        )}
      </Answer>
    </div>
  );
}

const MOST_GAPS = 3;

function Gaps({ gaps }: { gaps: readonly GapJson[] }): ReactNode {
  if (gaps.length === 0) return null;
  return (
    <Note tone={gaps.some(({ kind }) => kind === 'nobody') ? 'bad' : 'warn'}>
      {gaps.slice(0, MOST_GAPS).map((gap) => (
        <p key={`${gap.schedule} ${gap.from} ${gap.person?.name}`}>
          <span className="strong">{gap.kind === 'nobody' ? 'Nobody is on call' : `${gap.person?.title} is on call, and away`}</span> in{' '}
          <Link to={`/schedules/${gap.schedule}`}>{gap.schedule}</Link> from <At time={gap.from} /> to <At time={gap.to} />
          {gap.summary !== '' && ` (${gap.summary})`}.
        </p>
      ))}
      {gaps.length > MOST_GAPS && <p>And {plural(gaps.length - MOST_GAPS, 'more gap')} in the next three months.</p>}
    </Note>
  );
}

function Schedules({ now }: { now: OnCallNow }): ReactNode {
  return (
    <Card title="Schedules">
      {now.schedules.length === 0 && <p className="empty">There is no schedule yet: write a document of kind Schedule.</p>}
      <ul className="list">
        {now.schedules.map(({ schedule, team, primary, secondary, shadows = [], until, next }) => (
          <li key={schedule}>
            <Link to={`/schedules/${schedule}`} className="list-row">
              <div className="list-body">
                <div className="row">
                  <span className={primary ? 'strong' : 'strong tone-bad'}>{primary?.title ?? 'Nobody'}</span>
                  {secondary && <span className="small dim">then {secondary.title}</span>}
                  {shadows.length > 0 && <span className="small dim">shadow: {shadows.map(({ title }) => title).join(', ')}</span>}
                </div>
                <div className="small dim">
                  {schedule}
                  {team !== null && ` of ${team}`}
                  {until !== null && (
                    <>
                      {' '}
                      · until <At time={until} />
                    </>
                  )}
                  {next?.primary && ` · next ${next.primary.title}`}
                </div>
              </div>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Where holidays and absences come from. */
function Calendars(): ReactNode {
  const calendars = useList<CalendarJson>(`${API}/calendars`).data ?? [];
  if (calendars.length === 0) return null;
  return (
    <Card title="Calendars of who is away">
      <ul className="list">
        {calendars.map(({ name, people, events, fetchedAt, problem }) => (
          <li key={name} className="list-block">
            <div className="row row-apart">
              <span className="strong">{name}</span>
              <Tag tone={problem === null ? 'ok' : 'warn'}>{problem === null ? plural(events, 'event') : 'not read'}</Tag>
            </div>
            <div className="small dim">
              {sentenceList(people.map(({ title }) => title))}
              {fetchedAt !== null && (
                <>
                  {' '}
                  · read <Ago time={fetchedAt} />
                </>
              )}
            </div>
            {problem !== null && <div className="small tone-bad">{problem}</div>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Services({ now }: { now: OnCallNow }): ReactNode {
  return (
    <Card title="Who is called first">
      {now.services.length === 0 && <p className="empty">There is no service yet.</p>}
      <ul className="list">
        {now.services.map(({ service, policy, first }) => (
          <li key={service}>
            <Link to={`/services/${service}`} className="list-row">
              <div className="list-body">
                <div className={first.length > 0 ? 'strong' : 'strong tone-bad'}>
                  {first.length > 0 ? first.map(({ title }) => title).join(', ') : 'Nobody'}
                </div>
                <div className="small dim">
                  {service}
                  {policy === null ? ' · no escalation policy' : ` · by ${policy}`}
                </div>
              </div>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
