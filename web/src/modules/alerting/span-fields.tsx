import type { ReactNode } from 'react';
import { Select, TextField } from '../../ui/form.tsx';
import { localField } from '../../ui/local-field.ts';

/** When it begins and ends, as it is typed: empty for now, and an end by a length or by a time. */
export interface Span {
  readonly starts: string;
  readonly length: string;
  readonly ends: string;
}

const UNTIL = 'until';
const LENGTHS = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['1d', '1 day'],
  ['1w', '1 week'],
  ['30d', '30 days'],
  [UNTIL, 'until …'],
] as const;
const HOUR = 3_600_000;

export const newSpan = (): Span => ({ starts: '', length: '2h', ends: localField(Date.now() + 2 * HOUR) });
/** Of something that is there: its end is a time; what has begun begins when it did. */
export const spanOf = (startsAt: string, endsAt: string): Span => ({
  starts: Date.parse(startsAt) <= Date.now() ? '' : localField(Date.parse(startsAt)),
  length: UNTIL,
  ends: localField(Date.parse(endsAt)),
});

const iso = (field: string): string => new Date(field).toISOString();

/** What the API takes of it. */
export function spanBody({ starts, length, ends }: Span): { startsAt?: string; duration?: string; endsAt?: string } {
  return { ...(starts !== '' && { startsAt: iso(starts) }), ...(length === UNTIL ? { endsAt: iso(ends) } : { duration: length }) };
}

interface SpanFieldsProps {
  readonly span: Span;
  /** Its beginning is past. */
  readonly begun?: boolean;
  readonly onChange: (span: Span) => void;
}

const MORE = [[1, '+1 h'], [4, '+4 h'], [24, '+1 day'], [168, '+1 week']] as const; // prettier-ignore

/** From now or later, for a while or until a time. */
export function SpanFields({ span, begun = false, onChange }: SpanFieldsProps): ReactNode {
  const { starts, length, ends } = span;
  return (
    <div className="stack stack-tight">
      <div className="form-line">
        {length === UNTIL ? (
          <TextField label="Until" type="datetime-local" required value={ends} onChange={(event) => onChange({ ...span, ends: event.target.value })} />
        ) : (
          <Select label="For" value={length} options={LENGTHS} onChange={(next) => onChange({ ...span, length: next })} />
        )}
      </div>
      {length === UNTIL && (
        <div className="row" role="group" aria-label="Later">
          {MORE.map(([hours, label]) => (
            <button
              key={label}
              type="button"
              className="button"
              onClick={() => onChange({ ...span, ends: localField(Math.max(Date.now(), Date.parse(ends) || 0) + hours * HOUR) })}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {!begun && (
        <label className="check">
          <input type="checkbox" checked={starts !== ''} onChange={(event) => onChange({ ...span, starts: event.target.checked ? localField(Date.now() + HOUR) : '' })} />
          Begins later
        </label>
      )}
      {starts !== '' && (
        <TextField label="Begins" type="datetime-local" required value={starts} onChange={(event) => onChange({ ...span, starts: event.target.value })} />
      )}
    </div>
  );
} // prettier-ignore
