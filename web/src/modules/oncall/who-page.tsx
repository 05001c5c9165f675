import { useState, type ReactNode } from 'react';
import type { OnCallWho } from '../../../../src/oncall/who/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { At, Card, PageHead } from '../../ui/part.tsx';
import { Link, navigate, usePlace, useTitle } from '../../ui/router.tsx';
import { OnCallCard } from './on-call-card.tsx';

/** Who do I call about payments, now? `/oncall/who?q=payments`; without words, who is on call for everything. */
export default function WhoPage(): ReactNode {
  const asked = usePlace().search.get('q')?.trim() ?? '';
  const [words, setWords] = useState(asked);
  useTitle(asked === '' ? 'Who to call' : `Who to call about ${asked}`);
  return (
    <div className="stack">
      <PageHead title="Who to call" />
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          navigate(`/oncall/who?q=${encodeURIComponent(words.trim())}`);
        }}
      >
        <TextField label="About" hint="A service, a team, or words that are near one." maxLength={200} value={words} onChange={(event) => setWords(event.target.value)} />
        <button type="submit" className="button">
          Find
        </button>
      </form>
      {asked === '' ? <OnCallCard /> : <Found about={asked} />}
    </div>
  );
} // prettier-ignore

function Found({ about }: { about: string }): ReactNode {
  const who = useGet<OnCallWho>(`${API}/oncall/who?about=${encodeURIComponent(about)}`, { every: 60_000 });
  return (
    <Answer query={who} lines={4}>
      {(data) => <Steps who={data} />}
    </Answer>
  );
}

function Steps({ who }: { who: OnCallWho }): ReactNode {
  const { found, policy, team, steps, until, problem, alternatives } = who;
  return (
    <>
      <Card title={found?.title ?? 'Nothing found'}>
        {found !== null && (
          <p className="small dim">
            {found.kind} {found.kind === 'service' ? <Link to={`/services/${found.name}`}>{found.name}</Link> : found.name}
            {policy !== null && ` · by the policy ${policy}`}
            {team !== null && ` · team ${team.title}`}
            {team !== null && team.channel !== null && ` ${team.channel}`}
          </p>
        )}
        {problem !== null && <p className="strong tone-bad">{problem}</p>}
        <ul className="list">
          {steps.map(({ at, people, oneOf }, i) => (
            <li key={`${at}-${people[0]?.name ?? ''}`} className="list-row">
              <div className="list-body">
                <div className="strong">
                  {oneOf && 'One of '}
                  {people.map(({ title }) => title).join(', ')}
                </div>
                <div className="small dim">{people.length === 1 ? people[0]!.timeZone : `${people.length} people`}</div>
              </div>
              <span className="small">{i === 0 && at <= who.at ? 'now' : <At time={at} />}</span>
            </li>
          ))}
        </ul>
        {until !== null && (
          <p className="small dim">
            Until <At time={until} />. The times are those of a page that leaves now.
          </p>
        )}
      </Card>
      {alternatives.length > 0 && (
        <p className="small dim">
          Or did you mean{' '}
          {alternatives.map(({ kind, name }, i) => (
            <span key={`${kind}-${name}`}>
              {i > 0 && ', '}
              <Link to={`/oncall/who?q=${encodeURIComponent(name)}`}>
                the {kind} {name}
              </Link>
            </span>
          ))}
          ?
        </p>
      )}
    </>
  );
}
