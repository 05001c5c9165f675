import { useState, type FormEvent, type ReactNode } from 'react';
import type { SilenceJson } from '../../../../src/alerting/muting/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { TextBox, TextField } from '../../ui/form.tsx';
import { Note } from '../../ui/part.tsx';
import { matcherText } from './matcher-text.ts';
import { RecurringFields } from './recurring-fields.tsx';
import { SilencePreview } from './silence-preview.tsx';
import { newSpan, spanBody, SpanFields, spanOf } from './span-fields.tsx';

const SILENCES = `${API}/silences`;

/** One matcher a line. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

interface SilenceFormProps {
  /** The one to change; without it, a new one is made. */
  readonly silence?: SilenceJson | undefined;
  /** What a new one begins with: matchers, one a line. */
  readonly matchers?: string;
  readonly onDone?: () => void;
}

/** Makes a silence or changes one, and shows before what it would hide. */
export function SilenceForm({ silence, matchers: first = '', onDone }: SilenceFormProps): ReactNode {
  const [matchers, setMatchers] = useState(silence === undefined ? first : silence.matchers.map(matcherText).join('\n'));
  const [reason, setReason] = useState(silence?.reason ?? '');
  const [span, setSpan] = useState(() => (silence === undefined ? newSpan() : spanOf(silence.startsAt, silence.endsAt)));
  const [recurring, setRecurring] = useState(silence?.recurring ?? null);
  const body = { matchers: linesOf(matchers), recurring };
  const begun = silence !== undefined && Date.parse(silence.startsAt) <= Date.now();
  const save = useAction(() => {
    const all = { ...body, ...(begun && { startsAt: silence.startsAt }), ...spanBody(span), reason };
    return silence === undefined ? request('POST', SILENCES, all) : request('PUT', `${SILENCES}/${silence.id}`, all);
  }, [SILENCES, `${API}/alerts`]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: () => {
        if (silence === undefined) {
          setMatchers('');
          setReason('');
        }
        onDone?.();
      },
    });
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextBox
        label="Alerts that fit all of these"
        hint="One a line: service=shop, instance=~web-.+, env!=dev; or just an alert's name."
        rows={3}
        required
        className="mono"
        autoCapitalize="off"
        spellCheck={false}
        value={matchers}
        onChange={(event) => setMatchers(event.target.value)}
      />
      <SilencePreview body={body} />
      <TextField label="Reason" required maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <SpanFields span={span} begun={begun} onChange={setSpan} />
      <RecurringFields hours={recurring} onChange={setRecurring} />
      {save.error && <ErrorNote error={save.error} />}
      {save.isSuccess && silence === undefined && <Note tone="ok">Silenced. Before it ends over an alert that fires, you are told.</Note>}
      <button type="submit" className="button button-main" disabled={save.isPending}>
        {silence === undefined ? 'Silence' : 'Save'}
      </button>
    </form>
  );
}
