import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { HealthAnswer } from '../../../src/platform/contract.ts';
import { request } from '../api/http.ts';
import { API, useAction, useGet } from '../api/query.ts';
import { useMe } from '../modules/access/me.ts';
import { Card, PageHead } from '../ui/part.tsx';
import { Link, navigate, useTitle } from '../ui/router.tsx';
import { showShortcuts } from './shortcuts.tsx';

type Entry = readonly [path: string, title: string, words: string];

/** By what people come for. */
const GROUPS: readonly (readonly [title: string, pages: readonly Entry[]])[] = [
  [
    'On call',
    [
      ['/oncall', 'On call now', 'for everything, and where nobody will be'],
      ['/oncall/who', 'Who to call', 'about a service, a team or some words: now, and next'],
      ['/shifts', 'My shifts', 'the next three months, swaps, your calendar'],
      ['/oncall/handover', 'Hand-over', 'notes for whoever takes over, and what was told at the last ones'],
      ['/oncall/ready', 'Ready for a shift', 'whether a call would reach whoever is next'],
      ['/drills', 'Drills', 'whether a page arrives, tried from end to end'],
      ['/oncall/fairness', 'Fairness', 'hours, nights, weekends, holidays and pages by person'],
      ['/oncall/pay', 'Pay', 'what being on call is paid for a month'],
    ],
  ],
  [
    'Alerting',
    [
      ['/silences', 'Silences and maintenance', 'what holds pages back, and until when'],
      ['/review', 'Weekly review', "last week's alerts, five questions each, and what the data suggest"],
      ['/rules', 'Alerting rules', 'whether each is worth waking for'],
      ['/backtest', 'Backtest', 'a rule, or another threshold, tried on the stored past'],
      ['/rules/graphite', 'Graphite rules', 'alerts over Graphite series, and series that disappeared'],
      ['/heartbeats', 'Heartbeats', 'jobs that must say that they ran'],
      ['/integrations', 'Integrations', 'who tells of alerts from outside, and how to have another do so'],
      ['/routes', 'Routes', 'which receivers of your alertmanager.yml hear of an alert'],
    ],
  ],
  [
    'Messages',
    [
      ['/deliveries', 'Delivery log', 'every message, each attempt, and how far it came'],
      ['/chats', 'Chats', 'which are connected, who is who there, and what can be said'],
      ['/mail', 'Local mailbox', 'messages of an installation without a mail server'],
    ],
  ],
  [
    'Everything else',
    [
      ['/postmortems', 'Postmortems', 'what happened, what it cost, what will be different'],
      ['/targets', 'Targets and probes', 'what nines looks at, and each error exactly'],
      ['/metrics-cost', 'What metrics cost', 'series, samples and bytes, who uses them, slow queries'],
      ['/config', 'Configuration', 'what is in force, and what is wrong with an edit'],
      ['/settings', 'Settings', 'your password, notifications on this device, accounts, tokens'],
    ],
  ],
];

export default function MorePage(): ReactNode {
  useTitle('More');
  const me = useMe();
  const health = useGet<HealthAnswer>(`${API}/health`);
  const mail = useGet<unknown>(`${API}/mailbox?limit=1`);
  const client = useQueryClient();
  const signOut = useAction(() => request('DELETE', `${API}/session`), []);
  const leave = (): void =>
    signOut.mutate(undefined, {
      onSuccess: () => {
        client.clear();
        navigate('/signin', { replace: true });
      },
    });
  const isThere = (path: string): boolean =>
    path === '/mail' ? mail.data !== undefined : path !== '/oncall/pay' || me.data?.role === 'admin';
  return (
    <div className="stack">
      <PageHead title="More" />
      <div className="columns">
        {GROUPS.map(([title, pages]) => (
          <Card key={title} title={title}>
            <ul className="list">
              {pages
                .filter(([path]) => isThere(path))
                .map(([path, name, words]) => (
                  <li key={path}>
                    <Link to={path} className="list-row">
                      <div className="list-body">
                        <div className="list-title strong">{name}</div>
                        <div className="small dim">{words}</div>
                      </div>
                    </Link>
                  </li>
                ))}
            </ul>
          </Card>
        ))}
      </div>
      <Card title="You">
        <p>
          {me.data ? (
            <>
              <span className="strong">{me.data.name}</span> <span className="dim">{me.data.email}</span>, {me.data.role}
              {me.data.person === null && <span className="dim"> (no Person document has your address, so nobody can page you)</span>}
            </>
          ) : (
            '…'
          )}
        </p>
        <div className="row" style={{ marginTop: 10 }}>
          <button type="button" className="button" onClick={leave} disabled={signOut.isPending}>
            Sign out
          </button>
          <button type="button" className="button" onClick={showShortcuts}>
            Keyboard shortcuts
          </button>
        </div>
      </Card>
      <p className="small dim">nines {health.data?.version}</p>
    </div>
  );
}
