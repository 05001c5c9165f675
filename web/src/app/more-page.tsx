import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { HealthAnswer } from '../../../src/platform/contract.ts';
import { request } from '../api/http.ts';
import { API, useAction, useGet } from '../api/query.ts';
import { useMe } from '../modules/access/me.ts';
import { Card, PageHead } from '../ui/part.tsx';
import { Link, navigate, useTitle } from '../ui/router.tsx';
import { showShortcuts } from './shortcuts.tsx';

const PAGES = [
  ['/review', 'Weekly review', "last week's alerts, five questions each, and what the data suggest"],
  ['/rules', 'Alerting rules', 'whether each is worth waking for'],
  ['/backtest', 'Backtest', 'a rule, or another threshold, tried on the stored past'],
  ['/postmortems', 'Postmortems', 'what happened, what it cost, what will be different'],
  ['/oncall/ready', 'Ready for a shift', 'whether a call would reach whoever is next'],
  ['/oncall/fairness', 'Fairness', 'hours, nights, weekends, holidays and pages by person'],
  ['/oncall/handover', 'Hand-over', 'notes for whoever takes over, and what was told at the last ones'],
  ['/oncall/who', 'Who to call', 'about a service, a team or some words: now, and next'],
  ['/silences', 'Silences and maintenance', 'what holds pages back, and until when'],
  ['/targets', 'Targets and probes', 'what nines looks at, and each error exactly'],
  ['/heartbeats', 'Heartbeats', 'jobs that must say that they ran'],
  ['/integrations', 'Integrations', 'who tells of alerts from outside, and what was wrong with it'],
  ['/rules/graphite', 'Graphite rules', 'alerts over Graphite series, and series that disappeared'],
  ['/metrics-cost', 'What metrics cost', 'series, samples and bytes, who uses them, names that are odd, slow queries'],
  ['/oncall', 'On call', 'who is on call for everything now, the calendars, and where nobody will be'],
  ['/shifts', 'My shifts', 'the next three months, swaps, your calendar'],
  ['/config', 'Configuration', 'what is in force, and what is wrong with an edit'],
  ['/mail', 'Local mailbox', 'messages of an installation without a mail server'],
  ['/deliveries', 'Delivery log', 'every message, each attempt, and how far it came'],
  ['/settings', 'Settings', 'your password, notifications on this device, accounts, tokens'],
] as const;

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
  return (
    <div className="stack">
      <PageHead title="More" />
      <Card title="Pages">
        <ul className="list">
          {PAGES.filter(([path]) => path !== '/mail' || mail.data !== undefined).map(([path, title, words]) => (
            <li key={path}>
              <Link to={path} className="list-row">
                <div className="list-body">
                  <div className="list-title strong">{title}</div>
                  <div className="small dim">{words}</div>
                </div>
              </Link>
            </li>
          ))}
        </ul>
      </Card>
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
