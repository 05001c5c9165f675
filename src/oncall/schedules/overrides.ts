import type { z } from 'zod';
import type { ResourceSet } from '../../catalog/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import { newId } from '../../platform/id.ts';
import { badRequest, LimitError, notFound } from '../../platform/problem.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, titleOf } from '../desk.ts';
import { storableText } from '../pages/storable.ts';
import type { Answerer } from '../paging/answer.ts';
import { contactOf } from '../policies/escalation.ts';
import { deleteOverride, insertOverride, listOverrides, type OverrideRow } from '../shifts/roster-store.ts';
import type { OverrideLayer } from '../shifts/roster.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { type ShiftSpan, shiftsBetween } from '../shifts/shifts.ts';
import type { newOverride } from './contract.ts';
import { GAPS } from './gap-watch.ts';
import { overrideWarnings } from './override-warnings.ts';
import { describeSpan, scheduleNamed, type Span } from './spans.ts';
import { type News, tellPeople } from './tell-people.ts';

const LONGEST_MS = 366 * 86_400_000;
/** Of one schedule, still to come: more are a program that has gone wrong. */
const MOST_OVERRIDES = 1_000;
/** What begins this soon is told at once, also in quiet hours. */
export const SOON_MS = 12 * 3_600_000;

export interface Requester extends Answerer {
  /** The Person that asks; null for a token. */
  readonly person: string | null;
}

/** Makes an override and tells both who stands in and whom they stand in for, unless they asked for it themselves. */
export async function addOverride(
  desk: Desk,
  schedule: string,
  wanted: z.output<typeof newOverride>,
  by: Requester,
): Promise<{ row: OverrideRow; warnings: string[] }> {
  return desk.sql.transaction(async (tx) => {
    const set = desk.catalog.current();
    const spec = scheduleNamed(set, schedule);
    const person = callable(set, wanted.person ?? by.person, 'person');
    const span = spanOf(wanted, desk.clock.now());
    const upcoming = await listOverrides(tx, desk.clock.now(), schedule);
    if (upcoming.length >= MOST_OVERRIDES)
      throw new LimitError(422, `The schedule '${schedule}' has ${upcoming.length} overrides to come.`, { limit: MOST_OVERRIDES, setting: 'fewer of them, or a change of its document' }); // prettier-ignore
    const { layer, reason } = wanted;
    const warnings = overrideWarnings(set, { schedule, spec, layer, person, span });
    const row = await insertOverride(tx, newRow({ schedule, layer, person, reason, by, ...span }, desk.clock.now()));
    await tellPeople(desk, tx, newsOf(desk, spec, row, by.person));
    await record(desk, tx, { row, warnings, by, kind: 'schedule.overridden', title: `${titleOf(set, person)} is ${layer} of ${schedule} ${describeSpan(span, spec.timeZone)}` }); // prettier-ignore
    return { row, warnings };
  });
}

export const newRow = (
  { from, to, by, reason, ...one }: Span & Pick<OverrideRow, 'schedule' | 'layer' | 'person' | 'reason'> & { by: Answerer; swap?: string },
  now: number,
): Omit<OverrideRow, 'made'> => ({
  swap: null,
  ...one,
  id: newId(now),
  from_at: from,
  to_at: to,
  reason: storableText(reason),
  created_at: now,
  created_by: by.actor,
});

/** Takes an override back; 404 where there is none, or it is written in a document. */
export async function removeOverride(desk: Desk, schedule: string, id: string, by: Requester): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await deleteOverride(tx, schedule, id);
    if (!row) throw notFound('override', id);
    const set = desk.catalog.current();
    const spec = scheduleNamed(set, schedule);
    const span = { from: row.from_at, to: row.to_at };
    const told = by.person === row.person || row.to_at <= desk.clock.now() ? [] : [row.person];
    const news = told.map((person): News => ({
      person,
      subject: `You no longer stand in: ${schedule}`,
      text: (zone) =>
        `The override by which you were ${row.layer} of ${schedule} ${describeSpan(span, zone)} was taken back by ${by.name}.`,
      key: `override:${id}:removed`,
      about: `schedule/${schedule}`,
      urgent: row.from_at < desk.clock.now() + SOON_MS,
    }));
    await tellPeople(desk, tx, news);
    await record(desk, tx, { row, warnings: [], by, kind: 'schedule.override-removed', title: `Taken back: ${titleOf(set, row.person)} as ${row.layer} of ${schedule} ${describeSpan(span, spec.timeZone)}` }); // prettier-ignore
  });
}

/** A person who can be called: 400 for nobody, 404 for one who has no document, 400 for one without a contact. */
export function callable(set: ResourceSet, name: string | null, field: string): string {
  if (name === null) throw badRequest(`Say who: '${field}' is missing, and the account that asks is no Person of the documents.`);
  if (set.get('Person', name) === undefined) throw notFound('person', name);
  if (contactOf(set, name) === undefined) throw badRequest(`'${name}' has no contact, so can't be called: give the Person an email or contacts.`); // prettier-ignore
  return name;
}

/** What has been stays as it was: a span that has begun begins now. */
function spanOf(wanted: z.output<typeof newOverride>, now: number): Span {
  const asked = wanted.from === undefined ? now : Date.parse(wanted.from);
  const to = wanted.to === undefined ? asked + parseDuration(wanted.for ?? '0') : Date.parse(wanted.to);
  const from = Math.max(now, asked);
  if (to <= asked) throw badRequest('It ends before it begins.');
  if (to <= from) throw badRequest('It has ended already: an override changes what is still to come.');
  if (to - from > LONGEST_MS || to > now + 2 * LONGEST_MS) throw badRequest('That is too long, or too far away: an override lasts a year at most and ends within two.'); // prettier-ignore
  return { from, to };
}

/** Who is told: who stands in, and everyone whose time it would have been. */
function newsOf(desk: Desk, spec: ScheduleSpec, row: OverrideRow, asked: string | null): News[] {
  const span = { from: row.from_at, to: row.to_at };
  const common = { key: `override:${row.id}`, about: `schedule/${row.schedule}`, urgent: span.from < desk.clock.now() + SOON_MS };
  const set = desk.catalog.current();
  const [who, why] = [titleOf(set, row.person), row.reason === '' ? '' : `\n\n${row.reason}`];
  const news: News[] = [];
  if (row.person !== asked) {
    const what = row.layer === 'shadow' ? `shadow ${row.schedule}` : `are on call: ${row.schedule}`;
    news.push({ ...common, person: row.person, subject: `You ${what}`, text: (zone) => `You ${row.layer === 'shadow' ? 'are told beside the primary' : `are ${row.layer}`} of ${row.schedule} ${describeSpan(span, zone)}.${why}\n\n${desk.url}/schedules/${row.schedule}` }); // prettier-ignore
  }
  for (const person of displaced(shiftsBetween(spec, span.from, span.to), row.layer)) {
    if (person === row.person || person === asked) continue;
    news.push({ ...common, person, subject: `${who} stands in for you: ${row.schedule}`, text: (zone) => `${who} is ${row.layer} of ${row.schedule} instead of you ${describeSpan(span, zone)}.${why}\n\n${desk.url}/schedules/${row.schedule}` }); // prettier-ignore
  }
  return news;
}

const displaced = (spans: readonly ShiftSpan[], layer: OverrideLayer): string[] =>
  layer === 'shadow' ? [] : [...new Set(spans.flatMap((one) => one[layer] ?? []))];

async function record(
  desk: Desk,
  tx: Tx,
  { row, warnings, by, kind, title }: { row: OverrideRow; warnings: readonly string[]; by: Answerer; kind: string; title: string },
): Promise<void> {
  const { id, schedule, layer, person, from_at, to_at, reason } = row;
  await desk.jobs.enqueue(tx, { kind: GAPS, key: 'all', runAt: desk.clock.now() });
  const data = { override: id, schedule, layer, person, from: new Date(from_at).toISOString(), to: new Date(to_at).toISOString(), ...(reason !== '' && { reason }), ...(warnings.length > 0 && { warnings }) }; // prettier-ignore
  await desk.ledger.append(tx, [{ kind, title, actor: by.actor, subject: `schedule/${schedule}`, data }]);
}
