import { useState, type FormEvent, type ReactNode } from 'react';
import type { Account } from '../../../../src/access/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog, Select, TextField } from '../../ui/form.tsx';
import { Card } from '../../ui/part.tsx';

const ACCOUNTS = `${API}/accounts`;
const ROLES = [
  ['viewer', 'viewer: reads'],
  ['responder', 'responder: acknowledges and leads incidents'],
  ['admin', 'admin: everything'],
] as const;

export function Accounts(): ReactNode {
  const accounts = useList<Account>(ACCOUNTS);
  const [adding, add] = useState(false);
  const [leaving, leave] = useState<Account | undefined>();
  const change = useAction(({ id, role }: { id: string; role: string }) => request('PATCH', `${ACCOUNTS}/${id}`, { role }), [ACCOUNTS]);
  const remove = useAction((id: string) => request('DELETE', `${ACCOUNTS}/${id}`), [ACCOUNTS]);
  return (
    <Card
      title="Accounts"
      aside={
        <button type="button" className="button" onClick={() => add(true)}>
          Add
        </button>
      }
    >
      {(change.error ?? remove.error) && <ErrorNote error={change.error ?? remove.error ?? new Error('')} />}
      <Answer query={accounts}>
        {(all) => (
          <ul className="list">
            {all.map((account) => (
              <li key={account.id} className="list-row account-row">
                <div className="list-body">
                  <div className="strong">{account.name}</div>
                  <div className="small dim">{account.email}</div>
                </div>
                <Select
                  label={`Role of ${account.name}`}
                  quiet
                  value={account.role}
                  options={['viewer', 'responder', 'admin']}
                  onChange={(role) => change.mutate({ id: account.id, role })}
                />
                <button type="button" className="button button-plain" onClick={() => leave(account)}>
                  Remove<span className="sr-only"> {account.name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <Dialog open={adding} title="Add an account" onClose={() => add(false)}>
        <Add done={() => add(false)} />
      </Dialog>
      <Confirm
        subject={leaving}
        title={({ name }) => `Remove the account of ${name}?`}
        verb="Remove"
        onConfirm={({ id }) => remove.mutate(id)}
        onClose={() => leave(undefined)}
      >
        Its sessions end at once. Pages go on to its Person document, if there is one.
      </Confirm>
    </Card>
  );
}

function Add({ done }: { done: () => void }): ReactNode {
  const [form, setForm] = useState({ name: '', email: '', password: '', role: 'responder' });
  const add = useAction((body: typeof form) => request('POST', ACCOUNTS, body), [ACCOUNTS]);
  const field = (key: keyof typeof form) => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: event.target.value }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate(form, { onSuccess: done });
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextField label="Name" required {...field('name')} />
      <TextField label="E-mail address" type="email" required autoComplete="off" {...field('email')} />
      <TextField
        label="First password"
        type="password"
        required
        autoComplete="new-password"
        hint="They can change it."
        {...field('password')}
      />
      <Select label="Role" value={form.role} options={ROLES} onChange={(role) => setForm({ ...form, role })} />
      {add.error && <ErrorNote error={add.error} />}
      <div className="row">
        <button type="submit" className="button button-main" disabled={add.isPending}>
          Add
        </button>
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
