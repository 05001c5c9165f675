import { useState, type ReactNode } from 'react';
import type { NotificationJson, ProvidersAnswer } from '../../../../src/delivery/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Select, TextField } from '../../ui/form.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { navigate, usePlace, useTitle } from '../../ui/router.tsx';
import { DeliveryRow } from './delivery-row.tsx';

const STATES = [
  ['', 'every state'],
  ['queued', 'queued: has not left'],
  ['sent', 'sent: the provider has it'],
  ['delivered', 'delivered: the device has it'],
  ['seen', 'seen'],
  ['acknowledged', 'acknowledged'],
  ['failed', 'failed'],
  ['dropped', 'dropped: taken back before it left'],
] as const;
const FIRST = 50;
/** As many as are answered at once. */
const MOST = 500;
const CHANNELS = ['email', 'sms', 'voice', 'push', 'ntfy', 'slack', 'mattermost', 'teams', 'discord', 'telegram', 'matrix', 'irc', 'webhook', 'command', 'pagerduty', 'opsgenie', 'victorops', 'pushover', 'webex']; // prettier-ignore

/** Every message that went, or is to go, the newest first. */
export default function DeliveriesPage(): ReactNode {
  useTitle('Delivery log');
  const { search } = usePlace();
  const [person, setPerson] = useState(search.get('person') ?? '');
  const [channel, state] = [search.get('channel') ?? '', search.get('state') ?? ''];
  const [limit, setLimit] = useState(FIRST);
  // In the address, so that what was found can be shown to someone else.
  const choose = (change: Record<string, string>): void =>
    navigate(withQuery('/deliveries', { person: person.trim(), channel, state, ...change }), { replace: true });
  const filter = Object.entries({ person: person.trim(), channel, state }).filter(([, value]) => value !== '');
  const query = new URLSearchParams([...filter, ['limit', String(limit)]]).toString();
  const found = useList<NotificationJson>(`${API}/notifications?${query}`, { every: 10_000 });
  return (
    <div className="stack">
      <PageHead title="Delivery log">
        Every message, each attempt and what its provider answered. Sent, delivered, seen and acknowledged are four different words.
      </PageHead>
      <Providers />
      <Card title="Messages" aside="newest first">
        <div className="form-line">
          <TextField label="Person" value={person} onChange={(event) => setPerson(event.target.value)} autoComplete="off" maxLength={100} />
          <Select
            label="Channel"
            value={channel}
            options={[['', 'every channel'], ...CHANNELS.map((name) => [name, name] as const)]}
            onChange={(next) => choose({ channel: next })}
          />
          <Select label="State" value={state} options={STATES} onChange={(next) => choose({ state: next })} />
        </div>
        <Answer query={found} lines={6} empty={filter.length === 0 ? 'Nothing was sent so far.' : 'No message is like that.'}>
          {(all) => (
            <ul className="list">
              {all.map((one) => (
                <DeliveryRow key={one.id} delivery={one} withSubject />
              ))}
              {all.length >= limit && limit < MOST && (
                <li className="list-block">
                  <button type="button" className="button" onClick={() => setLimit(MOST)}>
                    Show older ones
                  </button>
                </li>
              )}
            </ul>
          )}
        </Answer>
      </Card>
    </div>
  );
}

/** Only where one is in trouble. */
function Providers(): ReactNode {
  const { data } = useGet<ProvidersAnswer>(`${API}/notifications/providers`, { every: 10_000 });
  const down = data?.providers.filter((one) => one.state !== 'closed') ?? [];
  if (down.length === 0) return null;
  return (
    <Card title="Providers that take no messages" alarm>
      <ul className="list">
        {down.map(({ channel, provider, error, since, waiting }) => (
          <li key={`${channel} ${provider}`} className="list-row">
            <div className="list-body">
              <div className="strong">{provider}</div>
              <div className="small dim">
                {channel} · since <Ago time={since} /> · {waiting} wait. Pages go another way; the rest leaves when it works again.
              </div>
              <div className="small tone-bad">{error}</div>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
