import { useState, type FormEvent, type ReactNode } from 'react';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { Card } from '../../ui/part.tsx';
import { navigate } from '../../ui/router.tsx';

export function Password(): ReactNode {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useAction(() => request('POST', `${API}/me/password`, { current, next }), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // Every session of the account ends with the old password, this one too.
    change.mutate(undefined, { onSuccess: () => navigate('/signin?next=/settings') });
  };
  return (
    <Card title="Your password">
      <form className="form-line" onSubmit={submit}>
        <TextField
          label="Current"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(e) => setCurrent(e.target.value)}
        />
        <TextField
          label="New"
          type="password"
          autoComplete="new-password"
          required
          value={next}
          onChange={(e) => setNext(e.target.value)}
        />
        <button type="submit" className="button" disabled={change.isPending}>
          Change, and sign out everywhere
        </button>
      </form>
      {change.error && <ErrorNote error={change.error} />}
    </Card>
  );
}
