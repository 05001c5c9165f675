import type { z } from 'zod';
import { newId } from '../../platform/id.ts';
import { badRequest, conflict, LimitError, notFound, Problem } from '../../platform/problem.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, titleOf } from '../desk.ts';
import { storableText } from '../pages/storable.ts';
import { insertOverride } from '../shifts/roster-store.ts';
import { shiftsBetween } from '../shifts/shifts.ts';
import type { newSwap } from './contract.ts';
import { GAPS } from './gap-watch.ts';
import { callable, newRow, type Requester, SOON_MS } from './overrides.ts';
import { describeSpan, iso, scheduleNamed, type Span } from './spans.ts';
import { countProposed, insertSwap, lockSwap, type SwapRow, updateSwap } from './swap-store.ts';
import { type News, tellPeople } from './tell-people.ts';

/** An offer that nobody answered before its time comes; the key is the swap. */
export const SWAP_ENDS = 'oncall.swap-ends';

const LONGEST_MS = 92 * 86_400_000;
const MOST_PROPOSED = 50;

/** Offers a shift to someone, perhaps for one of theirs. Nothing changes before they accept. */
export async function proposeSwap(desk: Desk, wanted: z.output<typeof newSwap>, by: Requester & { admin: boolean }): Promise<SwapRow> {
  return desk.sql.transaction(async (tx) => {
    const set = desk.catalog.current();
    const now = desk.clock.now();
    const giver = callable(set, wanted.giver ?? by.person, 'giver');
    const taker = callable(set, wanted.to, 'to');
    if (giver !== by.person && !by.admin) throw new Problem(403, 'forbidden', `Only ${giver} offers the shifts of ${giver}.`);
    if (giver === taker) throw badRequest('Swap with someone else: giver and taker are the same person.');
    const [give, back] = [spanOf(wanted.give, now), wanted.back === undefined ? null : spanOf(wanted.back, now)];
    const { schedule, layer } = wanted;
    const row: SwapRow = {
      id: newId(now),
      schedule,
      layer,
      giver,
      taker,
      from_at: give.from,
      to_at: give.to,
      back_from: back?.from ?? null,
      back_to: back?.to ?? null,
      note: storableText(wanted.note),
      state: 'proposed',
      created_at: now,
      created_by: by.actor,
      answered_at: null,
    };
    checkHeld(desk, row);
    if ((await countProposed(tx, giver)) >= MOST_PROPOSED)
      throw new LimitError(422, `${giver} has offered ${MOST_PROPOSED} swaps that nobody answered.`, { limit: MOST_PROPOSED, setting: 'an answer to, or an end of, some of them' }); // prettier-ignore
    await insertSwap(tx, row);
    await desk.jobs.enqueue(tx, { kind: SWAP_ENDS, key: row.id, runAt: Math.min(give.from, back?.from ?? Infinity) });
    const subject = `Swap? ${titleOf(set, giver)} asks: ${schedule}`;
    await tellSide(desk, tx, row, { side: taker, what: 'proposed', subject, text: (zone) => `${titleOf(set, giver)} asks you to swap.\n\n${terms(desk, row, taker, zone)}\n\nNothing changes before you accept.` }); // prettier-ignore
    await record(desk, tx, row, by.actor, `${titleOf(set, giver)} asks ${titleOf(set, taker)} to swap: ${layer} of ${schedule}`);
    return row;
  });
}

/** What both agreed on is in force once this resolves. 403 for anyone but the other side, 409 where shifts have changed since. */
export async function acceptSwap(desk: Desk, id: string, by: Requester): Promise<SwapRow> {
  return desk.sql.transaction(async (tx) => {
    const row = await lockProposed(tx, id);
    if (by.person !== row.taker) throw new Problem(403, 'forbidden', `Only ${row.taker} can accept it: it is their time that it takes.`);
    checkHeld(desk, row);
    const { schedule, layer, giver, taker } = row;
    const half = { schedule, layer, reason: row.note, by, swap: id };
    const now = desk.clock.now();
    await insertOverride(tx, newRow({ ...half, person: taker, from: row.from_at, to: row.to_at }, now));
    if (row.back_from !== null && row.back_to !== null)
      await insertOverride(tx, newRow({ ...half, person: giver, from: row.back_from, to: row.back_to }, now));
    const set = desk.catalog.current();
    const text = (side: string) => (zone: string) => `It is settled.\n\n${terms(desk, row, side, zone)}`;
    await tellSide(desk, tx, row, { side: giver, what: 'accepted', subject: `${titleOf(set, taker)} accepted your swap: ${schedule}`, text: text(giver) }); // prettier-ignore
    await tellSide(desk, tx, row, { side: taker, what: 'accepted', subject: `Your swap with ${titleOf(set, giver)}: ${schedule}`, text: text(taker) }); // prettier-ignore
    return settle(desk, tx, row, { state: 'accepted', actor: by.actor, title: `${titleOf(set, taker)} accepted the swap with ${titleOf(set, giver)}: ${layer} of ${schedule}` }); // prettier-ignore
  });
}

/** The other side declines, or whoever offered it takes it back. */
export async function endSwap(
  desk: Desk,
  id: string,
  state: 'declined' | 'cancelled',
  by: Requester & { admin: boolean },
): Promise<SwapRow> {
  return desk.sql.transaction(async (tx) => {
    const row = await lockProposed(tx, id);
    const [mine, other] = state === 'declined' ? [row.taker, row.giver] : [row.giver, row.taker];
    if (by.person !== mine && !(by.admin && state === 'cancelled'))
      throw new Problem(403, 'forbidden', `Only ${mine} can say so: it is ${state === 'declined' ? 'asked of' : 'offered by'} them.`);
    const set = desk.catalog.current();
    const said = state === 'declined' ? 'declined your swap' : 'took the offer back';
    await tellSide(desk, tx, row, { side: other, what: state, subject: `${titleOf(set, mine)} ${said}: ${row.schedule}`, text: (zone) => `${titleOf(set, mine)} ${said}. Nothing changes.\n\n${terms(desk, row, other, zone)}` }); // prettier-ignore
    return settle(desk, tx, row, { state, actor: by.actor, title: `${titleOf(set, mine)} ${state} the swap with ${titleOf(set, other)}: ${row.layer} of ${row.schedule}` }); // prettier-ignore
  });
}

/** The job SWAP_ENDS: the time has come that it was about, and nobody accepted. */
export async function expireSwap(desk: Desk, id: string): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await lockSwap(tx, id);
    if (row?.state !== 'proposed') return;
    const set = desk.catalog.current();
    await tellSide(desk, tx, row, { side: row.giver, what: 'expired', subject: `Nobody answered your swap: ${row.schedule}`, text: (zone) => `${titleOf(set, row.taker)} did not answer in time, so the shift stays yours.\n\n${terms(desk, row, row.giver, zone)}` }); // prettier-ignore
    await settle(desk, tx, row, { state: 'expired', actor: 'nines', title: `No answer to the swap of ${titleOf(set, row.giver)} with ${titleOf(set, row.taker)}: ${row.layer} of ${row.schedule}` }); // prettier-ignore
  });
}

async function lockProposed(tx: Tx, id: string): Promise<SwapRow> {
  const row = await lockSwap(tx, id);
  if (!row) throw notFound('swap', id);
  if (row.state !== 'proposed') throw conflict(`The swap is ${row.state} already.`);
  return row;
}

/** Refuses what is not there to give: each side must be on call for all that they give. */
function checkHeld(desk: Desk, { schedule, layer, giver, taker, from_at, to_at, back_from, back_to }: SwapRow): void {
  const spec = scheduleNamed(desk.catalog.current(), schedule);
  const held = (person: string, span: Span): void => {
    const other = shiftsBetween(spec, span.from, span.to).find((one) => one[layer] !== person);
    if (other === undefined) return;
    const whose = other[layer] === null ? 'nobody is' : `${other[layer]} is`;
    throw conflict(`${person} can't give that away: ${whose} ${layer} of ${schedule} ${describeSpan(other, spec.timeZone)}.`);
  };
  held(giver, { from: from_at, to: to_at });
  if (back_from !== null && back_to !== null) held(taker, { from: back_from, to: back_to });
}

function spanOf(given: { from: string; to: string }, now: number): Span {
  const [from, to] = [Date.parse(given.from), Date.parse(given.to)];
  if (to <= from) throw badRequest('It ends before it begins.');
  if (from < now) throw badRequest('It has begun already: swap what is still to come, or hand over the rest of it with an override.');
  if (to - from > LONGEST_MS) throw badRequest('That is more than three months: swap shift by shift.');
  return { from, to };
}

/** What each has after it, said to one of the two. */
function terms(desk: Desk, row: SwapRow, side: string, zone: string): string {
  const set = desk.catalog.current();
  const line = (person: string, span: Span): string =>
    `- ${person === side ? 'You are' : `${titleOf(set, person)} is`} ${row.layer} of ${row.schedule} ${describeSpan(span, zone)}`;
  const lines = [line(row.taker, { from: row.from_at, to: row.to_at })];
  if (row.back_from !== null && row.back_to !== null) lines.push(line(row.giver, { from: row.back_from, to: row.back_to }));
  return [lines.join('\n'), ...(row.note === '' ? [] : [row.note]), `${desk.url}/shifts`].join('\n\n');
}

interface Side {
  readonly side: string;
  readonly what: string;
  readonly subject: string;
  readonly text: News['text'];
}

async function tellSide(desk: Desk, tx: Tx, row: SwapRow, { side, what, subject, text }: Side): Promise<void> {
  const urgent = Math.min(row.from_at, row.back_from ?? Infinity) < desk.clock.now() + SOON_MS;
  const action = what === 'proposed' ? { action: { label: 'Answer', url: `${desk.url}/shifts` } } : {};
  await tellPeople(desk, tx, [{ person: side, subject, text, key: `swap:${row.id}:${what}`, about: `swap/${row.id}`, urgent, ...action }]);
}

async function settle(
  desk: Desk,
  tx: Tx,
  row: SwapRow,
  { state, actor, title }: { state: SwapRow['state']; actor: string; title: string },
): Promise<SwapRow> {
  await desk.jobs.cancel(tx, SWAP_ENDS, row.id);
  if (state === 'accepted') await desk.jobs.enqueue(tx, { kind: GAPS, key: 'all', runAt: desk.clock.now() });
  const settled = await updateSwap(tx, row, { state, answered_at: desk.clock.now() });
  await record(desk, tx, settled, actor, title);
  return settled;
}

async function record(desk: Desk, tx: Tx, row: SwapRow, actor: string, title: string): Promise<void> {
  const { id, schedule, layer, giver, taker } = row;
  const back = row.back_from === null || row.back_to === null ? {} : { back: { from: iso(row.back_from), to: iso(row.back_to) } };
  const data = { swap: id, schedule, layer, giver, taker, give: { from: iso(row.from_at), to: iso(row.to_at) }, ...back };
  await desk.ledger.append(tx, [{ kind: `swap.${row.state}`, title, actor, subject: `schedule/${schedule}`, data }]);
}
