/** What happened, from the ledger: each time that an alert fired, and what people did about it. Pure. */
import type { Severity } from '../../catalog/contract.ts';
import type { LedgerEvent } from '../../ledger/index.ts';

/** One time that an alert fired. Times are milliseconds. */
export interface Occurrence {
  readonly fingerprint: string;
  readonly rule: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  /** The page that it was part of. */
  readonly page: PageOfWeek | null;
}

export interface PageOfWeek {
  readonly id: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly triggeredAt: number;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  /** A person said that it is over. */
  readonly resolvedByHand: boolean;
  /** On-call wrote down that nobody answered within what was promised. */
  readonly overdue: boolean;
  /** Until when an answer was promised to this page, by its policy; null where nobody waited for one, or nothing is known of it. */
  readonly promisedBy: number | null;
  /** When someone first answered. */
  readonly respondedAt: number | null;
  readonly alerts: ReadonlySet<string>;
  readonly resolvedAt: number | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const text = (data: LedgerEvent['data'], name: string): string => (typeof data[name] === 'string' ? data[name] : '');
const texts = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'string')) : {};
const timeOf = (value: unknown): number | null => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : null); // prettier-ignore
const severityOf = (value: unknown): Severity => (value === 'critical' || value === 'eventually' ? value : 'today');
const idOf = ({ subject }: LedgerEvent): string => subject?.slice(subject.indexOf('/') + 1) ?? '';

/** `events` in the order of the ledger: of kinds `alert.*` and `page.*`. */
export function occurrencesOf(events: readonly LedgerEvent[]): { occurrences: Occurrence[]; pages: PageOfWeek[] } {
  const pages = pagesOf(events);
  const open = new Map<string, Mutable<Occurrence>>();
  const occurrences: Mutable<Occurrence>[] = [];
  for (const event of events) {
    const fingerprint = idOf(event);
    const at = Date.parse(event.time);
    if (event.kind === 'alert.resolved') {
      const one = open.get(fingerprint);
      if (one !== undefined) one.resolvedAt = at;
      open.delete(fingerprint);
    } else if (event.kind === 'alert.firing') {
      const { data, service, title } = event;
      const one = {
        fingerprint,
        rule: text(data, 'rule') || title,
        service,
        severity: severityOf(data['severity']),
        summary: texts(data['annotations'])['summary'] ?? title,
        labels: texts(data['labels']),
        firedAt: at,
        resolvedAt: null,
        page: pages.find((page) => page.alerts.has(fingerprint) && at <= (page.resolvedAt ?? Infinity) && at >= page.triggeredAt - 1_000) ?? null,
      };
      open.set(fingerprint, one);
      occurrences.push(one);
    }
  }
  return { occurrences, pages };
} // prettier-ignore

function pagesOf(events: readonly LedgerEvent[]): PageOfWeek[] {
  const pages = new Map<string, Mutable<PageOfWeek> & { alerts: Set<string> }>();
  for (const event of events) {
    if (!event.kind.startsWith('page.')) continue;
    const id = idOf(event);
    const at = Date.parse(event.time);
    let page = pages.get(id);
    if (page === undefined) {
      // One that was triggered before the time that is looked at has been answered, or not, for another week.
      if (event.kind !== 'page.triggered') continue;
      const facts = { id, severity: severityOf(event.data['severity']), service: event.service, triggeredAt: at };
      page = {
        ...facts,
        acknowledgedAt: null,
        acknowledgedBy: null,
        resolvedByHand: false,
        overdue: false,
        promisedBy: null,
        respondedAt: null,
        alerts: new Set(),
        resolvedAt: null,
      };
      pages.set(id, page);
    }
    const { alerts } = event.data;
    if (Array.isArray(alerts)) for (const one of alerts) if (typeof one === 'string') page.alerts.add(one);
    // Answered, the promise is over: one that is called anew is another matter.
    if (page.respondedAt === null) {
      page.promisedBy = timeOf(event.data['respondBy']) ?? page.promisedBy;
      page.respondedAt = timeOf(event.data['respondedAt']);
    }
    if (event.kind === 'page.acknowledged' && page.acknowledgedAt === null) {
      page.acknowledgedAt = at;
      page.acknowledgedBy = event.actor.replace(/^person:/, '');
    }
    if (event.kind === 'page.overdue') page.overdue = true;
    if (event.kind === 'page.triggered') page.resolvedAt = null;
    if (event.kind !== 'page.resolved') continue;
    page.resolvedAt = at;
    page.resolvedByHand ||= event.actor !== 'nines';
  }
  return [...pages.values()];
}
