import { useState, type ReactNode } from 'react';
import type { NotificationDetail, NotificationJson } from '../../../../src/delivery/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { At } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { DELIVERY_TONE } from './delivery-state.ts';

/** One message; opened, it shows each attempt and its provider's answer. */
export function DeliveryRow({ delivery, withSubject = false }: { delivery: NotificationJson; withSubject?: boolean }): ReactNode {
  const [open, setOpen] = useState(false);
  const { person, address, state, sentAt, createdAt, attempts, lastError, subject } = delivery;
  return (
    <li className="list-block">
      <div className="row row-apart">
        {withSubject ? <Subject delivery={delivery} /> : <To delivery={delivery} />}
        <Tag tone={DELIVERY_TONE[state]}>{state}</Tag>
      </div>
      {withSubject && <To delivery={delivery} />}
      <div className="small dim target-url">
        {person !== null && `${address} · `}
        <At time={sentAt ?? createdAt} seconds />
        {attempts > 1 && ` · ${plural(attempts, 'attempt')}`}
      </div>
      {lastError !== null && sentAt === null && <div className="small tone-bad">{lastError}</div>}
      <div>
        <button type="button" className="button button-plain button-flush" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide attempts' : 'Attempts'}
          <span className="sr-only">
            {' '}
            of {subject} to {person ?? address}
          </span>
        </button>
      </div>
      {open && <Attempts id={delivery.id} />}
    </li>
  );
}

const To = ({ delivery: { person, address, channel, reason, bundle } }: { delivery: NotificationJson }): ReactNode => (
  <div>
    <span className="strong">{person ?? address}</span>{' '}
    <span className="small dim">
      by {channel} · {reason}
      {bundle !== null && ' · told with others in one message'}
    </span>
  </div>
);

function Subject({ delivery: { about, subject } }: { delivery: NotificationJson }): ReactNode {
  return (
    <div className="list-title">
      {about?.startsWith('page/') === true ? <Link to={`/pages/${about.slice('page/'.length)}`}>{subject}</Link> : subject}
    </div>
  );
}

const WORDS = [
  ['sentAt', 'sent: the provider has it'],
  ['deliveredAt', 'delivered to the device'],
  ['seenAt', 'seen'],
  ['acknowledgedAt', 'acknowledged'],
] as const;

function Attempts({ id }: { id: string }): ReactNode {
  const detail = useGet<NotificationDetail>(`${API}/notifications/${encodeURIComponent(id)}`);
  return (
    <Answer query={detail} lines={2}>
      {(data) => (
        <ul className="list small">
          {data.tries.map(({ attempt, at, tookMs, provider, outcome, answer }) => (
            <li key={attempt}>
              <At time={at} seconds /> <span className={outcome === 'accepted' ? 'strong' : 'tone-bad'}>{outcome}</span>{' '}
              <span className="dim">
                by {provider} after {tookMs} ms: {answer}
              </span>
            </li>
          ))}
          {data.tries.length === 0 && <li className="dim">Not tried yet.</li>}
          {WORDS.map(([field, word]) => {
            const time = data[field];
            return time === null ? null : (
              <li key={field}>
                <At time={time} seconds /> {word}
              </li>
            );
          })}
          {data.told.length > 0 && <li className="dim">{plural(data.told.length, 'page')} told in it</li>}
        </ul>
      )}
    </Answer>
  );
}
