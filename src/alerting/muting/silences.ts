import { randomUUID } from 'node:crypto';
import type { Ledger } from '../../ledger/index.ts';
import type { Matcher } from '../../monitoring/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { badRequest, conflict, LimitError, notFound } from '../../platform/problem.ts';
import type { Queryable, Sql, Tx } from '../../platform/sql/index.ts';
import { formatMatchers, matchers as matchersSchema } from './matchers.ts';
import { describeRecurrence, spanAt, type Recurrence } from './recurrence.ts';
import { silenceState, type Silence } from './silence.ts';
import { countSilences, endedSilences, findSilence, lockSilence, saveSilence, silencesEndingAfter } from './silence-store.ts';

/** What a person says of a silence. Times are milliseconds. */
export interface SilenceRequest {
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly recurring?: Recurrence | null;
  readonly reason: string;
}

/** Who does it: the ledger's actor, the name that is shown, and the Person whom they are, if any. */
export interface Silencer {
  readonly actor: string;
  readonly name: string;
  readonly person: string | null;
}

/** The silences: made, changed, ended and listed. What they hold back follows within a moment of the commit. */
export interface Silences {
  /** @throws Problem 400 where it would never be in force, LimitError where there are too many */
  create(request: SilenceRequest, who: Silencer): Promise<Silence>;
  /** Changes it in place. @throws Problem 404; 409 for one that has ended */
  update(id: string, request: SilenceRequest, who: Silencer): Promise<Silence>;
  /** Ends it now; one that has ended stays as it is. @throws Problem 404 */
  expire(id: string, who: Silencer): Promise<Silence>;
  /** Undefined where there is none. */
  find(id: string): Promise<Silence | undefined>;
  /** In force or yet to be, the one that ends first first; then those that have ended, the newest first. */
  list(endedLimit?: number): Promise<Silence[]>;
}

export interface SilencesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Has what it holds back looked at again after the commit. */
  readonly review: (tx: Tx) => Promise<void>;
  readonly maxSilences: number;
}

const MOST_ENDED = 200;
const LONGEST_REASON = 2_000;
/** Year 9999. */
const LAST_TIME = 253_402_300_800_000;

export function createSilences(deps: SilencesDeps): Silences {
  const { sql, clock } = deps;
  return {
    create: (request, who) =>
      sql.transaction(async (tx) => {
        const now = clock.now();
        await checkRoom(deps, tx, now);
        const made = {
          id: randomUUID(),
          createdBy: storable(who.name),
          person: who.person,
          createdAt: now,
          updatedAt: now,
          announcedAt: null,
        };
        return save(deps, tx, { ...made, ...checked(request, now) }, { who, verb: 'created' });
      }),
    update: (id, request, who) =>
      sql.transaction(async (tx) => {
        const now = clock.now();
        const known = await mustLock(tx, id);
        if (silenceState(known, now) === 'expired') throw conflict('The silence has ended: make a new one like it.');
        return save(deps, tx, { ...known, ...checked(request, now), updatedAt: now, announcedAt: null }, { who, verb: 'changed' });
      }),
    expire: (id, who) =>
      sql.transaction(async (tx) => {
        const now = clock.now();
        const known = await mustLock(tx, id);
        if (silenceState(known, now) === 'expired') return known;
        return save(deps, tx, { ...known, endsAt: now, startsAt: Math.min(known.startsAt, now), updatedAt: now }, { who, verb: 'expired' });
      }),
    find: (id) => findSilence(sql, id),
    async list(endedLimit = MOST_ENDED) {
      const now = clock.now();
      return [...(await silencesEndingAfter(sql, now)), ...(await endedSilences(sql, now, endedLimit))];
    },
  };
}

async function checkRoom({ maxSilences }: SilencesDeps, queryable: Queryable, now: number): Promise<void> {
  if ((await countSilences(queryable, now)) < maxSilences) return;
  throw new LimitError(422, 'There are too many silences: expire some of them.', { limit: maxSilences, setting: 'silences.max' });
}

async function mustLock(tx: Tx, id: string): Promise<Silence> {
  const known = await lockSilence(tx, id);
  if (known === undefined) throw notFound('silence', id);
  return known;
}

/** What can be kept, with times in whole milliseconds. */
function checked({ matchers, startsAt, endsAt, recurring = null, reason }: SilenceRequest, now: number) {
  const problem = matchersSchema.safeParse(matchers).error?.issues[0]?.message;
  if (problem !== undefined) throw badRequest(`The matchers can't be used: ${problem}.`);
  if (storable(reason).trim() === '' || reason.length > LONGEST_REASON)
    throw badRequest(`A silence has a reason, of at most ${LONGEST_REASON} characters: whoever wonders about the quiet reads it.`);
  const times = { startsAt: Math.round(startsAt), endsAt: Math.round(endsAt), recurring };
  if (!(times.startsAt >= 0) || !(times.endsAt < LAST_TIME))
    throw badRequest('A silence begins after 1970 and ends before the year 10000.');
  if (times.endsAt <= now) throw badRequest('The silence would have ended already: give it an end in the future.');
  if (times.endsAt <= times.startsAt) throw badRequest('The silence ends before it begins.');
  if (spanAt(times, now) === undefined) throw badRequest('None of its recurring hours lies between its beginning and its end.');
  const kept = matchers.map(({ name, op, value }) => ({ name, op, value: storable(value) }));
  return { ...times, matchers: kept, reason: storable(reason).trim() };
}

async function save(
  { ledger, review }: SilencesDeps,
  tx: Tx,
  silence: Silence,
  { who, verb }: { who: Silencer; verb: 'created' | 'changed' | 'expired' },
): Promise<Silence> {
  await saveSilence(tx, silence);
  await review(tx);
  const { id, matchers, reason, startsAt, endsAt, recurring } = silence;
  const when = recurring === null ? '' : `, ${describeRecurrence(recurring)}`;
  const title = `${who.name} ${verb} the silence ${formatMatchers(matchers)}${when}: ${reason}`;
  const data = { matchers, reason, startsAt: iso(startsAt), endsAt: iso(endsAt), recurring };
  await ledger.append(tx, [
    { kind: `silence.${verb}`, title, actor: who.actor, subject: `silence/${id}`, service: serviceOf(matchers), data },
  ]);
  return silence;
}

const iso = (time: number): string => new Date(time).toISOString();
/** The one service that it can be about. */
const serviceOf = (matchers: readonly Matcher[]): string | null =>
  matchers.find(({ name, op, value }) => name === 'service' && op === '=' && value !== '')?.value ?? null;

/** PostgreSQL keeps neither NUL nor half a character. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
