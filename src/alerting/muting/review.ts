import type { Catalog } from '../../catalog/index.ts';
import type { Ledger, NewEvent } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Queryable, Sql, Tx } from '../../platform/sql/index.ts';
import type { AlertSink } from '../alerts/index.ts';
import { announceLapses, type AnnounceDeps, nextAnnouncement } from './announce.ts';
import { calmAt, type FlapSettings } from './flapping.ts';
import { forgetWindows, windowsEndingAfter } from './maintenance-store.ts';
import { type Mute, mutableOf } from './mute.ts';
import { mutesOf } from './mutes-of.ts';
import { decideReview, type Notice, type Reviewed } from './notice.ts';
import { firstForgettable, forgetNotices, lockNotices, openNotices, saveNotices } from './notice-store.ts';
import { nextEdge } from './recurrence.ts';
import { forgetSilences, silencesEndingAfter } from './silence-store.ts';
import { documentsOf, stagesFor } from './stages.ts';

/** The job that looks anew at all that fires: what is held back, and what no longer is. One key for everything. */
export const REVIEW = 'alerting.muting';

export interface ReviewDeps extends AnnounceDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly sink: AlertSink;
  readonly flapping: FlapSettings;
}

/** So often it is looked at what is held back, even where nothing says that it changed. */
const HEARTBEAT_MS = 5 * 60_000;
/** Ended silences and windows are kept this long, for whoever asks why it was quiet. */
const KEPT_MS = 90 * 86_400_000;
const AGAIN_MS = 1_000;

/** Decides anew from what is there; safe to run at any time, twice, and in two processes. Returns when time alone changes something next. */
export async function reviewMutes(deps: ReviewDeps): Promise<void | { again: number }> {
  const { sql, clock } = deps;
  // A look without locks first: mostly nothing has changed, and nobody has to wait for that.
  const changed = await decideAll(deps, sql, await openNotices(sql));
  if (changed.length > 0) {
    await sql.transaction(async (tx) => {
      const locked = await lockNotices(
        tx,
        changed.map(({ notice }) => notice.alert.fingerprint),
      );
      await apply(deps, tx, locked);
    });
  }
  await announceLapses(deps);
  const next = await sql.transaction(async (tx) => {
    const now = clock.now();
    await forgetNotices(tx, now - deps.flapping.windowMs);
    await forgetSilences(tx, now - KEPT_MS);
    await forgetWindows(tx, now - KEPT_MS);
    return nextLook(deps, tx, now);
  });
  return next === undefined ? undefined : { again: Math.max(next, clock.now() + AGAIN_MS / 10) };
}

interface Changed extends Reviewed {
  readonly before: Notice;
}

async function decideAll(
  { catalog, clock, flapping }: ReviewDeps,
  queryable: Queryable,
  notices: ReadonlyMap<string, Notice>,
): Promise<Changed[]> {
  const now = clock.now();
  const firing = [...notices.values()].filter(({ state }) => state === 'firing').map(({ alert }) => mutableOf(alert));
  const mutes =
    firing.length === 0 ? new Map<string, Mute>() : mutesOf(firing, await stagesFor(queryable, catalog.current(), firing, now), now);
  return [...notices].flatMap(([fingerprint, before]) => {
    const decided = decideReview(before, mutes.get(fingerprint), { now, flapping });
    return decided.change === 'none' ? [] : [{ ...decided, before }];
  });
}

/** Notices, ledger, pages: everywhere in this order, so that nobody waits for one who waits for them. */
async function apply(deps: ReviewDeps, tx: Tx, notices: ReadonlyMap<string, Notice>): Promise<void> {
  const changed = await decideAll(deps, tx, notices);
  await saveNotices(
    tx,
    changed.map(({ notice }) => notice),
  );
  await deps.ledger.append(tx, eventsOf(changed));
  const tell = changed.flatMap((one) => one.tell ?? []);
  if (tell.length > 0) await deps.sink.changed(tx, tell);
  const free = changed.filter(({ change, tell }) => change === 'unmuted' && tell === undefined);
  if (free.length > 0)
    await deps.sink.unmuted?.(
      tx,
      free.map(({ notice }) => notice.alert.fingerprint),
    );
  const causes = changed
    .flatMap(({ before, notice }) => [before.mute, notice.mute])
    .flatMap((mute) => (mute?.by === 'dependency' ? mute.ref : []));
  if (causes.length > 0) await deps.sink.explained?.(tx, [...new Set(causes)]);
}

const MOST_NAMED = 20;

/** One event for each reason, however many alerts it holds back. */
function eventsOf(changed: readonly Changed[]): NewEvent[] {
  const groups = new Map<string, { mute: Mute; change: 'muted' | 'unmuted'; notices: Notice[] }>();
  for (const { change, before, notice } of changed) {
    const mute = change === 'muted' ? notice.mute : change === 'unmuted' ? before.mute : null;
    if (mute === null || (change !== 'muted' && change !== 'unmuted')) continue;
    const key = `${change} ${mute.by} ${mute.ref}`;
    const group = groups.get(key) ?? { mute, change, notices: [] };
    group.notices.push(notice);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ mute, change, notices }) => {
    const [first] = notices;
    const { rule, service, fingerprint } = first!.alert;
    const what = notices.length === 1 ? rule + (service === null ? '' : ` of ${service}`) : `${notices.length} alerts`;
    const services = [...new Set(notices.map(({ alert }) => alert.service))];
    return {
      kind: `alert.${change}`,
      title: change === 'muted' ? `Held back: ${what}, by ${mute.why}` : `No longer held back: ${what} (${mute.why})`,
      actor: 'nines',
      service: services.length === 1 ? services[0] : null,
      subject: notices.length === 1 ? `alert/${fingerprint}` : `${mute.by}/${mute.ref}`,
      data: {
        by: mute.by,
        ref: mute.ref,
        count: notices.length,
        alerts: notices.slice(0, MOST_NAMED).map(({ alert }) => alert.fingerprint),
      },
    };
  });
}

async function nextLook({ catalog, flapping }: ReviewDeps, tx: Tx, now: number): Promise<number | undefined> {
  const silences = await silencesEndingAfter(tx, now);
  const windows = [...documentsOf(catalog.current()).maintenance, ...(await windowsEndingAfter(tx, now))];
  const due: (number | undefined)[] = [...silences, ...windows].map((times) => nextEdge(times, now));
  for (const silence of silences) due.push(nextAnnouncement(silence, now));
  for (const { mute, flappingSince, changes } of (await openNotices(tx)).values()) {
    if (mute !== null) due.push(now + HEARTBEAT_MS, mute.until ?? undefined);
    if (flappingSince !== null) due.push(calmAt(changes, now, flapping));
  }
  const forgettable = await firstForgettable(tx);
  if (forgettable !== undefined) due.push(forgettable + flapping.windowMs + AGAIN_MS);
  const next = due.reduce<number>((first, at) => Math.min(first, at ?? Infinity), Infinity);
  return Number.isFinite(next) ? next : undefined;
}
