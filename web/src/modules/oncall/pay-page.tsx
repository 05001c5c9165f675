import { useState, type ReactNode } from 'react';
import type { PayAnswer } from '../../../../src/oncall/pay/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Select } from '../../ui/form.tsx';
import { At, Card, Note, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { useMe } from '../access/me.ts';

const MONTHS = 12;
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The last months and this one, the last first: it is complete. */
function months(now: number): [value: string, label: string][] {
  const date = new Date(now);
  const all = Array.from({ length: MONTHS }, (_, i) => new Date(Date.UTC(date.getFullYear(), date.getMonth() - i, 1)));
  const [current, ...past] = all.map((one): [string, string] => [one.toISOString().slice(0, 7), monthName.format(one)]);
  return current === undefined ? past : [...past, [current[0], `${current[1]} so far`]];
}

/** What being on call is paid, for whoever does the wages. */
export default function PayPage(): ReactNode {
  useTitle('Pay');
  const me = useMe();
  return (
    <div className="stack">
      <PageHead title="Pay">What being on call is paid, by the document of kind OnCallPay.</PageHead>
      <Answer query={me} lines={4}>
        {({ role }) => (role === 'admin' ? <Month /> : <Note>Only admins see it: it tells wages.</Note>)}
      </Answer>
    </div>
  );
}

function Month(): ReactNode {
  const [choices] = useState(() => months(Date.now()));
  const [month, setMonth] = useState(choices[0]?.[0] ?? '');
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const pay = useGet<PayAnswer>(withQuery(`${API}/oncall/pay`, { month, timeZone }));
  if (pay.error?.status === 404)
    return <Empty>Pay is off. A document of kind OnCallPay turns it on: a rate for an hour, or a share of the wage.</Empty>;
  return (
    <>
      <Select label="Month" value={month} options={choices} onChange={setMonth} />
      <Answer query={pay} lines={4}>
        {(data) => <Report pay={data} csv={withQuery(`${API}/oncall/pay`, { month, timeZone, format: 'csv' })} />}
      </Answer>
    </>
  );
}

const hours = (value: number): string => `${value.toFixed(1)} h`;

function Report({ pay: { people, currency, from, to }, csv }: { pay: PayAnswer; csv: string }): ReactNode {
  const money = (value: number): string => new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(value);
  const sum = people.reduce((all, { amount }) => all + (amount ?? 0), 0);
  return (
    <Card title={people.length === 0 ? 'Nobody was on call' : `${money(sum)} in all`}>
      <ul className="list">
        {people.map(({ person, title, hours: worked, counted, rate, amount }) => (
          <li key={person} className="list-row">
            <div className="list-body">
              <div className="strong">{title}</div>
              <div className="small dim">
                {hours(worked)} on call
                {counted !== worked && `, counted as ${hours(counted)}`}
                {rate !== null && ` · ${money(rate)} for an hour`}
              </div>
            </div>
            <span className={amount === null ? 'small tone-warn' : 'strong'}>{amount === null ? 'no wage is known' : money(amount)}</span>
          </li>
        ))}
      </ul>
      <p className="small dim">
        <At time={from} /> to <At time={to} />. Hours of nights, weekends and holidays count with their factors.
      </p>
      {people.length > 0 && (
        <div className="row" style={{ marginTop: 10 }}>
          <a className="button" href={csv} download>
            Download as CSV
          </a>
        </div>
      )}
    </Card>
  );
}
