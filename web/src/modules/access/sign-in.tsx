import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import type { setupState } from '../../../../src/access/contract.ts';
import type { z } from 'zod';
import { request } from '../../api/http.ts';
import { API, queryClient, useAction, useGet } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';
import { navigate, usePlace, useTitle } from '../../ui/router.tsx';
import { Alone } from '../../app/alone.tsx';

/** Where to go after signing in: only ever an address of this application. */
export const returnPath = (next: string | null): string =>
  next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/signin') ? next : '/';

export default function SignInPage(): ReactNode {
  useTitle('Sign in');
  const { search } = usePlace();
  const setup = useGet<z.infer<typeof setupState>>(`${API}/setup`);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useAction((body: { email: string; password: string }) => request('POST', `${API}/session`, body), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };
  useEffect(() => {
    if (!signIn.isSuccess) return;
    queryClient.clear();
    navigate(returnPath(search.get('next')), { replace: true });
  }, [signIn.isSuccess, search]);
  return (
    <Alone title="Sign in">
      {setup.data?.needed && (
        <Note tone="warn">
          This nines has no account yet. Open the set-up link that <code>nines up</code> printed on its terminal.
        </Note>
      )}
      <form className="form" onSubmit={submit}>
        <TextField
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(e) => setEmail(e.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        {signIn.error && <ErrorNote error={signIn.error} />}
        <button type="submit" className="button button-main" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </Alone>
  );
}
