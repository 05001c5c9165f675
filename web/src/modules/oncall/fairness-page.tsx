import { useState, type ReactNode } from 'react';
import type { Fairness } from '../../../../src/oncall/fairness/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Select } from '../../ui/form.tsx';
import { At, Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';

const PERIODS = [['-30', 'The last 30 days'], ['-90', 'The last 90 days'], ['-365', 'The last year'], ['90', 'The next 90 days']] as const; // prettier-ignore
const DAY_MS = 86_400_000;

/** What on-call took of whom: hours, nights, weekends, holidays, pages. */
export default function FairnessPage(): ReactNode {
  useTitle('Fairness');
  const [days, setDays] = useState('-90');
  // From midnight, so that the address stays the same through the day.
  const [today] = useState(() => Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS);
  const other = today + Number(days) * DAY_MS;
  const [from, to] = [Math.min(today, other), Math.max(today, other)].map((at) => new Date(at).toISOString());
  const shares = useGet<Fairness>(`${API}/oncall/fairness?from=${from}&to=${to}`);
  return (
    <div className="stack">
      <PageHead title="Fairness" />
      <Select label="Period" value={days} options={PERIODS} onChange={setDays} />
      <Answer query={shares} lines={4}>
        {(data) => <Shares shares={data} />}
      </Answer>
    </div>
  );
}

const hours = (value: number): string => (value === 0 ? '–' : `${Math.round(value)} h`);

function Shares({ shares: { people, from, to } }: { shares: Fairness }): ReactNode {
  return (
    <Card title="On call">
      {people.length === 0 && <p className="empty">Nobody was on call.</p>}
      <ul className="list">
        {people.map((one) => (
          <li key={one.person} className="list-row">
            <div className="list-body">
              <div className="row">
                <span className="strong">{one.title}</span>
                <span className="small">
                  {hours(one.primary)} in {one.shifts} {one.shifts === 1 ? 'shift' : 'shifts'}
                </span>
              </div>
              <div className="small dim">
                nights {hours(one.nights)} · weekends {hours(one.weekends)} · holidays {hours(one.holidays)} · secondary {hours(one.secondary)}
              </div>
            </div>
            <span className={`small ${one.wakes > 0 ? 'tone-warn' : ''}`}>
              {one.pages} {one.pages === 1 ? 'page' : 'pages'}, woken {one.wakes}×
            </span>
          </li>
        ))}
      </ul>
      <p className="small dim">
        From <At time={from} /> to <At time={to} />. Nights are 22:00 to 07:00 of theirs; all but secondary is as primary.
      </p>
    </Card>
  );
} // prettier-ignore
