import type { Job } from '../../platform/jobs/index.ts';
import type { AttemptDeps, Leaving } from './attempt-deps.ts';
import { bundleText, countTold, untoldOf, findDelivery, toMessage, updateDelivery, type DeliveryRow } from '../deliveries/index.ts';
import type { Channel } from '../channels/channel.ts';
import { conclude, holdUp, nothingToTell } from './conclude.ts';
import { tryWays } from './try-ways.ts';

/**
 * Hands a queued message to its channel once, and keeps what came of it. A crash after the provider took it and before
 * that is committed leads to a second attempt, with the same key: at least once, and never unknowingly twice.
 */
export async function attempt(deps: AttemptDeps, channel: Channel, job: Job, signal: AbortSignal): Promise<void | { again: number }> {
  const { sql } = deps;
  const row = await findDelivery(sql, job.key);
  if (row?.state !== 'queued') return;
  // It was taken back while a process had it that has died since.
  if (row.withdrawn) return updateDelivery(sql, row.id, { state: 'dropped', content: null });
  const leaving = await leavingOf(deps, row);
  if (leaving === undefined) return nothingToTell(deps, row);
  const { tries, waitUntil } = await tryWays(deps, channel, leaving.message, signal);
  const again =
    tries.length === 0
      ? await holdUp(deps, row, leaving, waitUntil ?? deps.clock.now())
      : await conclude(deps, row, leaving, { tries, outcome: tries.at(-1)!.outcome });
  for (const one of tries) await deps.attempted(row, one);
  return again === undefined ? undefined : { again };
}

/** Undefined: a bundle whose messages have all been taken back, or told. */
async function leavingOf(deps: AttemptDeps, row: DeliveryRow): Promise<Leaving | undefined> {
  const message = toMessage(row);
  if (row.gathers === null) return { message: await deps.dress(message), members: [] };
  const members = await untoldOf(deps.sql, row.id);
  if (members.length === 0) return undefined;
  const told = await countTold(deps.sql, row.id);
  // Each telling has a key of its own; told anew it takes the place of the one before, where the reader's app can do that.
  const key = `${row.key}:${told}`;
  return { message: { ...message, ...bundleText(members, told, deps.url), key, replaces: row.key }, members };
}
