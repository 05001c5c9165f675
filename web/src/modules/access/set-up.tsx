import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import type { z } from 'zod';
import type { setup } from '../../../../src/access/contract.ts';
import { request } from '../../api/http.ts';
import { API, queryClient, useAction } from '../../api/query.ts';
import { Alone } from '../../app/alone.tsx';
import { ErrorNote } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';
import { navigate, usePlace, useTitle } from '../../ui/router.tsx';

type SetUp = z.infer<typeof setup>;

/** After the '#' of the link, which no server or proxy on the way writes into its log; or in the query. */
export const tokenOf = (search: URLSearchParams, hash: string): string =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? search.get('token') ?? '';

/** The first admin, by the one-time link from the terminal. */
export default function SetUpPage(): ReactNode {
  useTitle('Set up');
  const token = tokenOf(usePlace().search, window.location.hash);
  const [form, setForm] = useState({ name: '', email: '', password: '' });
  const change = (field: keyof typeof form) => (event: { target: { value: string } }) => setForm({ ...form, [field]: event.target.value });
  const make = useAction((body: SetUp) => request('POST', `${API}/setup`, body), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate({ token, ...form });
  };
  useEffect(() => {
    if (!make.isSuccess) return;
    queryClient.clear();
    // Not left in the history: the token in it is used up.
    navigate('/', { replace: true });
  }, [make.isSuccess]);
  return (
    <Alone title="Welcome to nines">
      <p className="dim">You are the first here. Make the admin’s account; the others are made from inside.</p>
      {token === '' && (
        <Note tone="bad">
          This address lacks its token. Open the whole link that <code>nines up</code> printed on its terminal.
        </Note>
      )}
      <form className="form" onSubmit={submit}>
        <TextField label="Your name" autoComplete="name" required maxLength={200} value={form.name} onChange={change('name')} />
        <TextField
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          value={form.email}
          onChange={change('email')}
          hint="The same as in your Person document: then pages and incidents know you."
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          value={form.password}
          onChange={change('password')}
          hint="Any length, any characters. A few random words are good."
        />
        {make.error && <ErrorNote error={make.error} />}
        <button type="submit" className="button button-main" disabled={make.isPending || token === ''}>
          {make.isPending ? 'Setting up…' : 'Make the account'}
        </button>
      </form>
    </Alone>
  );
}
