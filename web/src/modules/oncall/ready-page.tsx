import { useState, type ReactNode } from 'react';
import type { PersonReadinessJson, ReadinessAnswer } from '../../../../src/oncall/readiness/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At, Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { useMayAct, useMe } from '../access/me.ts';

const READY = `${API}/oncall/ready`;

/** Would a call reach whoever carries a shift? */
export default function ReadyPage(): ReactNode {
  useTitle('Ready for a shift');
  const ready = useGet<ReadinessAnswer>(READY, { every: 30_000 });
  return (
    <div className="stack">
      <PageHead title="Ready for a shift" />
      <Answer query={ready} lines={4}>
        {({ people }) =>
          people.length === 0 ? (
            <p className="empty">Nobody carries a shift: there is no schedule yet.</p>
          ) : (
            <div className="columns">
              {people.map((one) => (
                <Person key={one.person} person={one} />
              ))}
            </div>
          )
        }
      </Answer>
    </div>
  );
}

function Person({ person: { person, title, ready, problem, nextShift, contacts } }: { person: PersonReadinessJson }): ReactNode {
  const mayAct = useMayAct();
  const me = useMe();
  const check = useAction(() => request('POST', `${READY}/${encodeURIComponent(person)}/check`, {}), [READY]);
  const asked = contacts.some(({ askedAt }) => askedAt !== null);
  return (
    <Card title={title}>
      <p className="row small">
        <Tag tone={ready ? 'ok' : 'bad'}>{ready ? 'Ready' : 'Not ready'}</Tag>
        <span className="dim">
          {nextShift === null ? 'no shift in four weeks' : <>next shift <At time={nextShift} /></>}
          {problem !== null && ` · ${problem}`}
        </span>
      </p>
      <ul className="list">
        {contacts.map(({ channel, address, verifiedAt, askedAt }) => (
          <li key={`${channel} ${address}`} className="list-row">
            <div className="list-body">
              <div className="strong">{channel}</div>
              <div className="small dim">{address}</div>
            </div>
            <span className="small">
              {verifiedAt !== null ? <>verified <Ago time={verifiedAt} /></> : askedAt !== null ? <>asked <Ago time={askedAt} /></> : 'not verified'}
            </span>
          </li>
        ))}
      </ul>
      {mayAct && (
        <div className="stack stack-tight">
          <button type="button" className="button" disabled={check.isPending} onClick={() => check.mutate(undefined)}>
            Send a test page to {me.data?.person === person ? 'me' : title}
          </button>
          {asked && me.data?.person === person && <Code person={person} />}
          {check.error && <ErrorNote error={check.error} />}
        </div>
      )}
    </Card>
  );
} // prettier-ignore

function Code({ person }: { person: string }): ReactNode {
  const [code, setCode] = useState('');
  const verify = useAction(() => request('POST', `${READY}/${encodeURIComponent(person)}/verify`, { code }), [READY]);
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        verify.mutate(undefined);
      }}
    >
      <TextField label="The code in it" inputMode="numeric" maxLength={6} value={code} onChange={(event) => setCode(event.target.value)} />
      <button type="submit" className="button" disabled={verify.isPending || code.length !== 6}>
        It arrived
      </button>
      {verify.error && <ErrorNote error={verify.error} />}
    </form>
  );
}
