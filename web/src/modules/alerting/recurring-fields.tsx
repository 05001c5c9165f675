import type { ReactNode } from 'react';
import type { SilenceJson } from '../../../../src/alerting/muting/contract.ts';
import { TextField } from '../../ui/form.tsx';

export type Hours = NonNullable<SilenceJson['recurring']>;

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const short = (day: string): string => day.charAt(0).toUpperCase() + day.slice(1, 3);

/** `Sat, Sun 02:00–03:30 Europe/Berlin`. */
export const hoursText = ({ days, from, to, timeZone }: Hours): string =>
  `${days.length === DAYS.length ? 'every day' : days.map(short).join(', ')} ${from}–${to} ${timeZone}`;

const usual = (): Hours => ({
  days: [...DAYS],
  from: '02:00',
  to: '03:30',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

interface RecurringFieldsProps {
  readonly hours: Hours | null;
  readonly onChange: (hours: Hours | null) => void;
}

/** Only at certain hours of certain days; null for always. */
export function RecurringFields({ hours, onChange }: RecurringFieldsProps): ReactNode {
  return (
    <div className="stack stack-tight">
      <label className="check">
        <input type="checkbox" checked={hours !== null} onChange={(event) => onChange(event.target.checked ? usual() : null)} />
        Only at certain hours
      </label>
      {hours !== null && (
        <>
          <div className="form-line">
            <TextField
              label="From"
              type="time"
              required
              value={hours.from}
              onChange={(event) => onChange({ ...hours, from: event.target.value })}
            />
            <TextField
              label="To"
              type="time"
              required
              value={hours.to}
              onChange={(event) => onChange({ ...hours, to: event.target.value })}
            />
          </div>
          <Days days={hours.days} onChange={(days) => onChange({ ...hours, days })} />
          <p className="small dim">
            Time of {hours.timeZone}
            {hours.to <= hours.from && ', until the next morning'}.
          </p>
        </>
      )}
    </div>
  );
}

function Days({ days, onChange }: { days: Hours['days']; onChange: (days: Hours['days']) => void }): ReactNode {
  return (
    <fieldset>
      <legend className="sr-only">Days</legend>
      <div className="days">
        {DAYS.map((day) => {
          const on = days.includes(day);
          return (
            <button
              key={day}
              type="button"
              className="button day"
              aria-pressed={on}
              // One at least: no day would be never.
              disabled={on && days.length === 1}
              onClick={() => onChange(DAYS.filter((one) => (one === day ? !on : days.includes(one))))}
            >
              {short(day)}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
