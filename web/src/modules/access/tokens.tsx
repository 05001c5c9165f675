import { useState, type FormEvent, type ReactNode } from 'react';
import type { z } from 'zod';
import type { ApiToken, newToken, newTokenAnswer } from '../../../../src/access/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { Ago, Card, CopyButton, Note } from '../../ui/part.tsx';

const TOKENS = `${API}/tokens`;
const SCOPES = [
  ['intake', 'intake: may only send measurements'],
  ['viewer', 'viewer: reads'],
  ['responder', 'responder: acknowledges, posts changes'],
  ['admin', 'admin: everything'],
] as const;

export function Tokens(): ReactNode {
  const tokens = useList<ApiToken>(TOKENS);
  const [adding, add] = useState(false);
  const [leaving, leave] = useState<ApiToken | undefined>();
  const revoke = useAction((id: string) => request('DELETE', `${TOKENS}/${id}`), [TOKENS]);
  return (
    <Card
      title="Tokens"
      aside={
        <button type="button" className="button" onClick={() => add(true)}>
          Make one
        </button>
      }
    >
      {revoke.error && <ErrorNote error={revoke.error} />}
      <Answer query={tokens} empty="None. A pipeline that posts deploys, or a Prometheus that sends samples, needs one.">
        {(all) => (
          <ul className="list">
            {all.map((token) => (
              <li key={token.id} className="list-row">
                <div className="list-body">
                  <div className="strong">
                    {token.name} <span className="dim">{token.scope}</span>
                  </div>
                  <div className="small dim">
                    {token.lastUsedAt === null ? (
                      'never used'
                    ) : (
                      <>
                        used <Ago time={token.lastUsedAt} />
                      </>
                    )}
                    {token.expiresAt !== null && (
                      <>
                        {' '}
                        · expires <Ago time={token.expiresAt} />
                      </>
                    )}
                  </div>
                </div>
                <button type="button" className="button button-plain" onClick={() => leave(token)}>
                  Revoke<span className="sr-only"> {token.name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <Dialog open={adding} title="Make a token" onClose={() => add(false)}>
        <Make done={() => add(false)} />
      </Dialog>
      <Confirm
        subject={leaving}
        title={({ name }) => `Revoke the token ${name}?`}
        verb="Revoke"
        onConfirm={({ id }) => revoke.mutate(id)}
        onClose={() => leave(undefined)}
      >
        Whoever uses it is refused from the next request on.
      </Confirm>
    </Card>
  );
}

function Make({ done }: { done: () => void }): ReactNode {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<z.infer<typeof newToken>['scope']>('intake');
  const make = useAction((body: z.infer<typeof newToken>) => request<z.infer<typeof newTokenAnswer>>('POST', TOKENS, body), [TOKENS]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate({ name, scope });
  };
  if (make.data) {
    return (
      <div className="stack">
        <Note tone="warn">
          <p className="strong">This is the only time the secret is shown.</p>
        </Note>
        <pre className="code" tabIndex={0} aria-label="Secret">
          {make.data.secret}
        </pre>
        <div className="row">
          <CopyButton text={make.data.secret} label="Copy" />
          <button type="button" className="button" onClick={done}>
            I have it
          </button>
        </div>
      </div>
    );
  }
  return (
    <form className="form" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="Who or what uses it."
      />
      <Select label="Scope" value={scope} options={SCOPES} onChange={(next) => setScope(next as typeof scope)} />
      {make.error && <ErrorNote error={make.error} />}
      <div className="row">
        <button type="submit" className="button button-main" disabled={make.isPending}>
          Make it
        </button>
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
