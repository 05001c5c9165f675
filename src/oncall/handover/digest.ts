import { spoken } from '../pages/figures.ts';
import { localTime } from '../pages/render-page.ts';
import type { NoteRow, WorkRow } from './handover-store.ts';

export interface DigestFacts {
  readonly schedule: string;
  /** Titles of whoever hands over and takes over. */
  readonly outgoing: string;
  readonly incoming: string;
  /** The shift that ended. */
  readonly from: number;
  readonly at: number;
  readonly pages: readonly WorkRow[];
  /** What was said of incidents that opened or ended, the first first. */
  readonly incidents: readonly string[];
  readonly silences: readonly { readonly reason: string; readonly endsAt: number }[];
  readonly notes: readonly NoteRow[];
  readonly url: string;
}

const MOST = 15;

/** What whoever takes over has to know: what happened, what is still open, what is silenced, what was written down. Pure. */
export function renderDigest(facts: DigestFacts, timeZone: string): string {
  const { schedule, outgoing, incoming, from, at, notes, incidents, silences, url } = facts;
  const parts = [
    `${incoming} takes over ${schedule} from ${outgoing}, ${localTime(at, timeZone, true)}.`,
    section(`Since ${localTime(from, timeZone, true)}:`, happened(facts), 'Nothing: no page was sent.'),
    section('Incidents:', incidents),
    section('Still open:', stillOpen(facts), 'Nothing is open.'),
    section('Silences in force:', silences.map(({ reason, endsAt }) => `until ${localTime(endsAt, timeZone, true)}: ${reason}`)),
    section('Notes:', notes.map(({ author, created_at, text }) => `${author}, ${localTime(created_at, timeZone, true)}: ${text}`)),
    `Notes for the next hand-over: nines oncall note ${schedule} "…", or ${url}/oncall/handover?schedule=${encodeURIComponent(schedule)}`,
  ]; // prettier-ignore
  return parts.filter((part) => part !== '').join('\n\n');
}

function section(title: string, lines: readonly string[], otherwise = ''): string {
  if (lines.length === 0) return otherwise === '' ? '' : `${title}\n- ${otherwise}`;
  const more = lines.length > MOST ? [`and ${lines.length - MOST} more`] : [];
  return [title, ...[...lines.slice(0, MOST), ...more].map((line) => `- ${line.replaceAll(/\s+/g, ' ').trim()}`)].join('\n');
}

function happened({ pages, from }: DigestFacts): string[] {
  const began = pages.filter(({ triggered_at }) => triggered_at >= from);
  const critical = began.filter(({ severity }) => severity === 'critical');
  const others = began.length - critical.length;
  const took = critical.flatMap(({ triggered_at, responded_at }) => (responded_at === null ? [] : [responded_at - triggered_at])).sort((a, b) => a - b); // prettier-ignore
  const answered = took.length === 0 ? '' : `, answered within ${spoken(took[Math.floor((took.length - 1) / 2)]!)} as a rule, ${spoken(took.at(-1)!)} at most`; // prettier-ignore
  const unanswered = critical.length - took.length;
  return [
    ...(critical.length === 0
      ? []
      : [`${count(critical.length, 'critical page')}${answered}${unanswered === 0 ? '' : `; ${unanswered} not answered by anyone`}`]),
    ...critical.slice(0, 10).map(({ subject, state }) => `${subject}${state === 'resolved' ? '' : ` (${state})`}`),
    ...(others === 0 ? [] : [count(others, 'ticket')]),
  ];
}

function stillOpen({ pages, url }: DigestFacts): string[] {
  const open = pages.filter(({ state }) => state !== 'resolved');
  const critical = open.filter(({ severity }) => severity === 'critical');
  const tickets = open.filter(({ severity }) => severity !== 'critical');
  const line = ({ id, subject, acknowledged_by, severity }: WorkRow): string =>
    `${subject} (${severity}${acknowledged_by === null ? ', nobody has it' : `, ${acknowledged_by} has it`}): ${url}/pages/${id}`;
  return [...critical.map(line), ...(tickets.length > 0 ? [`${count(tickets.length, 'ticket')} waiting`] : []), ...tickets.map(line)];
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
