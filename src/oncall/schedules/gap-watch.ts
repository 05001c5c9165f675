import type { TeamSpec } from '../../catalog/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, titleOf } from '../desk.ts';
import { list } from '../pages/render-page.ts';
import { peopleInSchedule } from '../shifts/schedule.ts';
import { type AnnouncedRow, listAnnounced, replaceAnnounced, sameGap } from './gap-store.ts';
import { type Gap, gapsBetween, schedulesInUse } from './gaps.ts';
import { describeSpan, scheduleNamed } from './spans.ts';
import { type News, tellPeople } from './tell-people.ts';

/** Looks through the next three months for gaps, once a day and after each change; its one key is `all`. */
export const GAPS = 'oncall.gaps';

const DAY_MS = 86_400_000;
export const GAPS_AHEAD_MS = 92 * DAY_MS;
/** A gap that is this near makes health say so. */
const NEAR_MS = 7 * DAY_MS;
/** More in one message are counted. */
const MOST_LISTED = 8;
/** More of one schedule are not kept: it is open for an hour a week, or not meant to be. */
const MOST_OF_ONE = 200;

/** The job GAPS: whoever is concerned is told once of each gap. */
export async function watchGaps(desk: Desk): Promise<{ again: number }> {
  const now = desk.clock.now();
  await desk.sql.transaction(async (tx) => {
    const set = desk.catalog.current();
    const gaps = gapsBetween(set, now, now + GAPS_AHEAD_MS);
    const known = await listAnnounced(tx);
    const rows: AnnouncedRow[] = [];
    const fresh = new Map<string, Gap[]>();
    const counts = new Map<string, number>();
    for (const gap of gaps) {
      const count = (counts.get(gap.schedule) ?? 0) + 1;
      counts.set(gap.schedule, count);
      if (count > MOST_OF_ONE) continue;
      const before = known.find((one) => sameGap(one, gap));
      rows.push({ schedule: gap.schedule, kind: gap.kind, person: gap.person, from_at: gap.from, to_at: gap.to, announced_at: before?.announced_at ?? now }); // prettier-ignore
      if (before === undefined) fresh.set(gap.schedule, [...(fresh.get(gap.schedule) ?? []), gap]);
    }
    await replaceAnnounced(tx, rows);
    for (const [schedule, found] of fresh) await announce(desk, tx, schedule, found);
  });
  reportGaps(desk);
  return { again: now + DAY_MS };
}

/** Says in health what is near. */
export function reportGaps(desk: Desk): void {
  const set = desk.catalog.current();
  const used = schedulesInUse(set);
  const now = desk.clock.now();
  const near = gapsBetween(set, now, now + NEAR_MS).filter(({ kind, schedule }) => kind === 'nobody' && used.has(schedule));
  const [first] = near;
  if (first === undefined) return desk.health.report('schedules', 'ok');
  const more = near.length === 1 ? '' : ` And ${near.length - 1} more gaps within a week.`;
  const span = describeSpan(first, scheduleNamed(set, first.schedule).timeZone);
  desk.health.report(
    'schedules',
    'degraded',
    `Nobody is on call in '${first.schedule}' ${span}: override it at /schedules/${first.schedule}.${more}`,
  );
}

async function announce(desk: Desk, tx: Tx, schedule: string, gaps: readonly Gap[]): Promise<void> {
  const set = desk.catalog.current();
  const spec = scheduleNamed(set, schedule);
  const members = spec.team === undefined ? [] : (set.get<TeamSpec>('Team', spec.team)?.spec.members ?? []);
  const concerned = [
    ...(members.length > 0 ? members : peopleInSchedule(spec)),
    ...gaps.flatMap(({ person }) => (person === '' ? [] : person)),
  ];
  const [first] = gaps;
  const nobody = first!.kind === 'nobody';
  const title = nobody ? `Nobody is on call: ${schedule}` : `${titleOf(set, first!.person)} is on call, and away: ${schedule}`;
  const said = (zone: string): string[] =>
    gaps.slice(0, MOST_LISTED).map((gap) => {
      const why =
        gap.kind === 'nobody' ? 'nobody' : `${titleOf(set, gap.person)}, who is away${gap.summary === '' ? '' : ` (${gap.summary})`}`;
      return `- ${why} ${describeSpan(gap, zone)}`;
    });
  const more = gaps.length > MOST_LISTED ? `\n- and ${gaps.length - MOST_LISTED} more` : '';
  const news = [...new Set(concerned)].map((person): News => ({
    person,
    subject: title,
    text: (zone) =>
      `On call in ${schedule}:\n\n${said(zone).join('\n')}${more}\n\nTake a span, or hand it to someone: ${desk.url}/schedules/${schedule}`,
    key: `gap:${schedule}:${first!.kind}:${first!.person}:${first!.from}:${desk.clock.now()}`,
    about: `schedule/${schedule}`,
    reason: 'gap',
    urgent: nobody && first!.from < desk.clock.now() + DAY_MS,
  }));
  await tellPeople(desk, tx, news);
  const data = { schedule, gaps: gaps.slice(0, 50).map(({ kind, person, from, to }) => ({ kind, ...(person !== '' && { person }), from: new Date(from).toISOString(), to: new Date(to).toISOString() })) }; // prettier-ignore
  const told = list(news.map(({ person }) => titleOf(set, person)).slice(0, 5));
  await desk.ledger.append(tx, [{ kind: 'schedule.gap-found', title: `${title}, ${describeSpan(first!, spec.timeZone)}${told === '' ? '' : `; told: ${told}`}`, actor: 'nines', subject: `schedule/${schedule}`, data }]); // prettier-ignore
}
