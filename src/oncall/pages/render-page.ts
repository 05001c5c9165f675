import { Temporal } from 'temporal-polyfill';
import type { LedgerEvent } from '../../ledger/index.ts';
import { formatFigure, isEquation, spoken, thresholdOf, unitOf } from './figures.ts';
import type { PageAlert, PageState } from './page.ts';
import { cut } from './subject.ts';

export interface RenderedService {
  readonly name: string;
  readonly title: string;
  readonly tier: number;
  /** Title of the team. */
  readonly owner: string;
  readonly runbook: string | null;
  /** Titles of what depends on it. */
  readonly dependents: readonly string[];
}

export interface PageContent {
  readonly page: PageState;
  readonly service: RenderedService | null;
  /** Of the service and what it depends on, in the six hours before; newest first. Null where nobody has looked yet. */
  readonly changes: readonly LedgerEvent[] | null;
  /** Titles of the services whose own pages are held back because this one fails. */
  readonly explains?: readonly string[];
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
  readonly now: number;
}

/** What differs for each reader. */
export interface PageReader {
  readonly timeZone: string;
  /** Names for people to read of who is called now, and of whom next. */
  readonly called: readonly string[];
  readonly next: readonly { readonly at: number; readonly people: readonly string[]; readonly oneOf?: boolean }[];
  /** The reader's own acknowledge link. */
  readonly acknowledge: string | null;
}

const MOST_ALERTS = 5;
const MOST_CHANGES = 5;
const MOST_EXPLAINED = 40;
const CHANGES_BEFORE_MS = 6 * 3_600_000;
const GRAPH_BEFORE_MS = 3_600_000;

/**
 * The text of a page, in the order in which it is needed at 3 a.m.: what is broken and how badly, since when, who is
 * affected, what to look at, what changed, what to do, who else is called. Times are in the reader's time zone.
 */
export function renderPage(content: PageContent, reader: PageReader): string {
  const { page, url } = content;
  const parts = [
    renderFacts(content, reader.timeZone),
    escalation(page, reader),
    reader.acknowledge === null ? '' : `Acknowledge: ${reader.acknowledge}`,
    `Page: ${url}/pages/${page.id}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The part that is the same for every reader, but for the time zone. */
export function renderFacts(content: PageContent, timeZone: string): string {
  const { page, service, explains = [] } = content;
  const facts = [
    ...whatIsBroken(page),
    since(content, timeZone),
    affected(service),
    failing(explains),
    links(content),
    changed(content, timeZone),
  ];
  return facts.filter((part) => part !== '').join('\n\n');
}

function whatIsBroken(page: PageState): string[] {
  const [first] = page.alerts;
  // A page that a person sent: the text is theirs.
  if (!first) return [page.text];
  const firing = page.alerts.filter(({ state }) => state === 'firing');
  const shown = firing.length > 0 ? firing : page.alerts;
  const lines = shown.slice(0, MOST_ALERTS).map((alert) => `- ${alertLine(alert)}`);
  const more = Math.max(shown.length, page.firing ?? 0) - MOST_ALERTS;
  if (more > 0) lines.push(`- and ${more} more`);
  const head = oneLine(first.annotations['summary'] ?? '');
  return [page.subject.includes(head) ? '' : head, lines.join('\n'), cut(oneLine(first.annotations['description'] ?? ''), 500)];
}

/** Labels that the rest of the text says already, or that nobody reads at night. */
const KNOWN_LABELS = new Set(['alertname', 'severity', 'service', '__name__', 'job', 'unit', 'slo', 'team']);

function alertLine(alert: PageAlert): string {
  const unit = unitOf(alert);
  const labels = Object.entries(alert.labels).filter(([name]) => !KNOWN_LABELS.has(name));
  const where = labels.length === 0 ? '' : ` (${cut(labels.map(([name, value]) => `${name} ${value}`).join(', '), 120)})`;
  const threshold = thresholdOf(alert.expr, unit);
  const value =
    alert.value === null || isEquation(alert.expr) ? '' : `: ${formatFigure(alert.value, unit)}${threshold ? `, fires ${threshold}` : ''}`;
  return `${alert.rule}${where}${value}${alert.state === 'resolved' ? ' (over)' : ''}`;
}

function since({ page, now }: PageContent, timeZone: string): string {
  const took = spoken((page.resolvedAt ?? now) - page.beganAt);
  if (page.resolvedAt === null) return `Since ${localTime(page.beganAt, timeZone, true)}, ${took} ago.`;
  return `From ${localTime(page.beganAt, timeZone, true)} to ${localTime(page.resolvedAt, timeZone)}: ${took}.`;
}

function affected(service: RenderedService | null): string {
  if (!service) return '';
  const { title, tier, owner, dependents } = service;
  const shown = dependents.length > 6 ? [...dependents.slice(0, 5), `${dependents.length - 5} more`] : dependents;
  const others = shown.length === 0 ? '' : ` ${list(shown)} ${shown.length === 1 ? 'depends' : 'depend'} on it.`;
  return `Affected: ${title} (tier ${tier}${owner === '' ? '' : `, owned by ${owner}`}).${others}`;
}

/** One page for all of them: which they are. */
function failing(explains: readonly string[]): string {
  if (explains.length === 0) return '';
  const shown =
    explains.length > MOST_EXPLAINED ? [...explains.slice(0, MOST_EXPLAINED), `${explains.length - MOST_EXPLAINED} more`] : explains;
  const what = explains.length === 1 ? 'Another service fails, and needs it' : `${explains.length} other services fail, and need it`;
  return `${what}: ${list(shown)}. They page nobody while this fires.`;
}

function links({ page, service, url, now }: PageContent): string {
  const [first] = page.alerts;
  const runbook = first?.annotations['runbook_url'] ?? first?.annotations['runbook'] ?? service?.runbook ?? null;
  // What others decide has no expression to draw.
  const graph = first && first.expr !== '' ? `Graph: ${graphLink(url, first, page.resolvedAt ?? now)}` : '';
  return [graph, runbook === null ? '' : `Runbook: ${oneLine(runbook)}`].filter((link) => link !== '').join('\n');
}

/** In absolute time: it shows the same next week. From an hour before the failure until now. */
export function graphLink(url: string, alert: Pick<PageAlert, 'expr' | 'activeAt'>, now: number): string {
  const query = new URLSearchParams({
    expr: alert.expr,
    from: new Date(alert.activeAt - GRAPH_BEFORE_MS).toISOString(),
    to: new Date(now).toISOString(),
  });
  return `${url}/graph?${query.toString()}`;
}

function changed({ changes, service, page }: PageContent, timeZone: string): string {
  if (changes === null || page.alerts.length === 0) return '';
  const recent = changes.filter(({ time }) => Date.parse(time) >= page.beganAt - CHANGES_BEFORE_MS);
  if (recent.length === 0) {
    return `What changed: nothing that nines was told of in the last 6 hours${service ? `, in ${service.title} or what it depends on` : ''}.`;
  }
  const lines = recent.slice(0, MOST_CHANGES).map((event) => {
    const at = Date.parse(event.time);
    const before = page.beganAt - at;
    const distance = before >= 0 ? `${spoken(before)} before it began` : `${spoken(-before)} after it began`;
    const by = event.actor.replace(/^(person|token):/, '');
    return `- ${localTime(at, timeZone)} ${cut(oneLine(event.title), 120)}${by === 'nines' ? '' : `, by ${by}`} (${distance})`;
  });
  if (recent.length > MOST_CHANGES) lines.push(`- and ${recent.length - MOST_CHANGES} more`);
  return ['What changed:', ...lines].join('\n');
}

function escalation({ severity, state }: PageState, { called, next, timeZone }: PageReader): string {
  if (severity !== 'critical' || state !== 'triggered') return '';
  const now = called.length === 0 ? '' : `Called: ${list(called)}.`;
  const steps = next.map(({ at, people, oneOf = false }) => `${oneOf ? 'one of ' : ''}${list(people)} at ${localTime(at, timeZone)}`);
  const then = steps.length === 0 ? 'Nobody else is called after this.' : `If no one acknowledges: ${steps.join(', then ')}.`;
  return `${now} ${then}`.trim();
}

/** `03:57`, or with the day `03:57 on Sat 21 Nov (Europe/Berlin)`. */
export function localTime(at: number, timeZone: string, full = false): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  if (!full) return time;
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone }).format(at).replace(',', '');
  return `${time} on ${day} (${timeZone})`;
}

/** `ana, ben and cleo`. */
export const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
