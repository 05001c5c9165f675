import { z } from 'zod';
import { type Delivery, toNotification } from '../../delivery/index.ts';
import type { Ledger, LedgerEvent } from '../../ledger/index.ts';
import { type Route, route } from '../../platform/http/index.ts';
import { notFound } from '../../platform/problem.ts';
import { alertHistory, type AlertHistory } from './contract.ts';

export interface HistoryDeps {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly delivery: Pick<Delivery, 'about'>;
  /** The ids of pages that an alert was part of, newest first. */
  readonly pagesOfAlert: (fingerprint: string, limit: number) => Promise<readonly string[]>;
}

const MOST_EVENTS = 400;
const MOST_PAGES = 20;

export const historyRoutes = (deps: HistoryDeps): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/alerts/:fingerprint/history',
    access: 'viewer',
    summary: 'What an alert did, and every notification that it caused, the newest first',
    params: z.object({ fingerprint: z.string().max(100) }),
    response: alertHistory,
    handler: ({ params: { fingerprint } }) => historyOf(deps, fingerprint),
  }),
];

/** @throws Problem 404 for an alert that never fired */
async function historyOf({ ledger, delivery, pagesOfAlert }: HistoryDeps, fingerprint: string): Promise<AlertHistory> {
  const subject = `alert/${fingerprint}`;
  const { events } = await ledger.read({ subject, kind: 'alert.firing,alert.resolved', order: 'desc', limit: MOST_EVENTS });
  const newest = events.find(({ kind }) => kind === 'alert.firing') ?? events[0];
  if (newest === undefined) throw notFound('alert that ever fired', fingerprint);
  const { rule, severity, labels } = newest.data as { rule?: string; severity?: AlertHistory['severity']; labels?: Record<string, string> };
  const pages: AlertHistory['pages'] = [];
  for (const id of await pagesOfAlert(fingerprint, MOST_PAGES)) {
    const told = await ledger.read({ subject: `page/${id}`, order: 'asc', limit: MOST_EVENTS });
    const notifications = (await delivery.about(`page/${id}`)).map(toNotification);
    const asked = told.events.map(({ data }) => data['pageSubject']).find((one) => typeof one === 'string');
    pages.push({ id, subject: asked ?? told.events[0]?.title ?? id, events: told.events.map(entryOf), notifications });
  }
  return {
    fingerprint,
    rule: rule ?? newest.title,
    service: newest.service,
    severity: severity ?? 'today',
    labels: labels ?? {},
    firings: firingsOf(events),
    pages,
  };
}

const entryOf = ({ time, kind, title, actor }: LedgerEvent) => ({ time, kind, title, actor });

/** `events`, newest first: each firing with its end. */
function firingsOf(events: readonly LedgerEvent[]): AlertHistory['firings'] {
  const firings: AlertHistory['firings'] = [];
  let resolvedAt: string | null = null;
  for (const { kind, time, title, data } of events) {
    if (kind === 'alert.resolved') {
      resolvedAt = time;
      continue;
    }
    const { annotations, value } = data as { annotations?: Record<string, string>; value?: number | null };
    firings.push({
      firedAt: time,
      resolvedAt,
      summary: annotations?.['summary'] ?? title,
      value: typeof value === 'number' ? value : null,
    });
    resolvedAt = null;
  }
  return firings;
}
