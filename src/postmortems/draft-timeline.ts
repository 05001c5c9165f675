import type { TimelineEntry } from '../incidents/index.ts';
import type { Evidence } from './evidence.ts';
import { cell, table } from './markdown.ts';
import { clockFor, date } from './words.ts';

const MOST_ROWS = 300;

interface Row {
  readonly at: number;
  readonly what: string;
  readonly who: string;
}

/** Minute by minute: what the ledger holds, and where the outage begins and ends. */
export function draftTimeline({ incident, timeline, recentChanges }: Evidence): string {
  const milestones = new Set<string>();
  // The last changes before: where most outages come from.
  const before = recentChanges.slice(0, 5).reverse();
  const seen = new Set(before.map(({ marker }) => marker));
  const entries = [...before, ...timeline.filter(({ marker }) => !seen.has(marker))];
  const shown = entries.filter((entry) => belongs(entry, incident.outageEndedAt));
  const rows = shown.map((entry): Row => ({ at: Date.parse(entry.time), what: whatOf(entry, milestones), who: cell(whoOf(entry)) }));
  rows.push({ at: incident.outageBeganAt, what: '**Outage begins**', who: '' });
  if (incident.outageEndedAt !== null) rows.push({ at: incident.outageEndedAt, what: '**Outage ends**', who: '' });
  const order = (row: Row): number => (row.what === '**Outage begins**' ? 0 : 1);
  rows.sort((a, b) => a.at - b.at || order(a) - order(b));
  const clock = clockFor((incident.allClearAt ?? incident.outageEndedAt ?? Infinity) - incident.outageBeganAt);
  const days = new Set(rows.map(({ at }) => date(at)));
  const kept = rows.slice(0, MOST_ROWS).map(({ at, what, who }) => [days.size > 1 ? `${date(at)} ${clock(at)}` : clock(at), what, who]);
  const left = rows.length - kept.length;
  return [
    `Times are UTC${days.size === 1 ? `, ${[...days][0]}` : ''}.`,
    table(['Time', 'What', 'Who'], kept),
    ...(left > 0 ? [`And ${left} more: they are on the incident's page.`] : []),
  ].join('\n\n');
}

/** Whoever did it: a pipeline says for whom it posts, and a person is a name. */
const whoOf = ({ actor, data }: TimelineEntry): string => (typeof data['by'] === 'string' ? data['by'] : actor.replace(/^person:/, ''));

/** The end that counts has a row of its own, and so has what is said to everyone: that it was sent to each is too much. */
const belongs = ({ kind, time, data }: TimelineEntry, ended: number | null): boolean =>
  !(kind === 'notification.sent' && String(data['reason']).startsWith('incident-')) &&
  !(kind === 'incident.outage-ended' && Date.parse(time) === ended) &&
  kind !== 'postmortem.drafted';

const FIRSTS: Readonly<Record<string, string>> = {
  'alert.firing': 'Detected',
  'page.triggered': 'Paged',
  'incident.joined': 'On the scene',
  'incident.all-clear': 'All clear',
};

function whatOf({ kind, title, data }: TimelineEntry, milestones: Set<string>): string {
  const text = typeof data['text'] === 'string' && data['text'] !== '' ? data['text'] : undefined;
  const first = FIRSTS[kind];
  const mark = first !== undefined && !milestones.has(first) ? `**${first}**: ` : '';
  if (first !== undefined) milestones.add(first);
  if (kind === 'incident.noted') return `Note: ${cell(text ?? title)}`;
  if (kind === 'incident.updated') return `Update: ${cell(text ?? title)}`;
  if (kind === 'incident.all-clear' && text !== undefined) return `${mark}${cell(title)}: ${cell(text)}`;
  return mark + cell(title);
}
