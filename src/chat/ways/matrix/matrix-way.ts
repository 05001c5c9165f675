import { createHash } from 'node:crypto';
import { askProvider, jsonOf, PROVIDER_TIMEOUT_MS } from '../../../delivery/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import type { Said } from '../../desk.ts';
import { answerBelow, answerByReaction } from '../../language/answer-below.ts';
import { pause } from '../loops.ts';
import type { WayDeps } from '../way.ts';

export interface MatrixWaySettings {
  /** Without a slash at the end. */
  readonly homeserver: string;
  readonly token: string;
}

/** How far was read: after a restart nothing is heard twice, and what came meanwhile is heard. */
export interface Cursor {
  load(): Promise<string | undefined>;
  save(cursor: string): Promise<void>;
}

const SYNC_MS = 30_000;
const AGAIN_MS = 5_000;
const MAX_ANSWER = 8_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Messages alone, and few of them: after a night without nines nobody wants old commands by the hundred. */
const FILTER = JSON.stringify({
  room: {
    timeline: { types: ['m.room.message', 'm.reaction'], limit: 20 },
    state: { types: [] },
    ephemeral: { types: [] },
    account_data: { types: [] },
  },
  presence: { types: [] },
  account_data: { types: [] },
});

interface Event {
  readonly event_id?: unknown;
  readonly sender?: unknown;
  readonly content?: { readonly msgtype?: unknown; readonly body?: unknown; readonly 'm.relates_to'?: Relation };
}
/** https://spec.matrix.org/latest/client-server-api/#forming-relationships-between-events */
interface Relation {
  readonly rel_type?: unknown;
  readonly event_id?: unknown;
  readonly key?: unknown;
  readonly 'm.in_reply_to'?: { readonly event_id?: unknown };
}

/** Syncs with the homeserver (https://spec.matrix.org/latest/client-server-api/#syncing) and answers in the room. */
export async function runMatrix(settings: MatrixWaySettings, deps: WayDeps, cursor: Cursor, signal: AbortSignal, trouble: (problem: string | undefined) => void): Promise<void> {
  const ask = asker(settings, deps, signal);
  while (!signal.aborted) {
    try {
      const { user_id: me } = await ask('GET', 'account/whoami');
      if (typeof me !== 'string') throw new Error('the homeserver does not say whose token it is');
      for (let since = await cursor.load(); !signal.aborted; ) {
        // The first time, what was said before nines came is nobody's command.
        const timeout = since === undefined ? 0 : SYNC_MS;
        const query = new URLSearchParams({ filter: FILTER, timeout: String(timeout), ...(since !== undefined && { since }) });
        const batch = await ask('GET', `sync?${query.toString()}`, undefined, SYNC_MS + PROVIDER_TIMEOUT_MS);
        if (since !== undefined) await hearBatch(batch, me, ask, deps);
        if (typeof batch['next_batch'] !== 'string') throw new Error('the homeserver does not say how far it answered');
        since = batch['next_batch'];
        await cursor.save(since);
        trouble(undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      trouble(`No commands come from Matrix: ${(error as Error).message.slice(0, 200)}`);
      await pause(AGAIN_MS, signal);
    }
  }
} // prettier-ignore

type Ask = (method: 'GET' | 'PUT', path: string, body?: unknown, timeoutMs?: number) => Promise<Record<string, unknown>>;

function asker({ homeserver, token }: MatrixWaySettings, { clock }: WayDeps, signal: AbortSignal): Ask {
  return async (method, path, body, timeoutMs = PROVIDER_TIMEOUT_MS) => {
    const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const url = `${homeserver}/_matrix/client/v3/${path}`;
    const asked = { url, method, headers, maxBytes: MOST_BYTES, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await askProvider(asked, { clock, timeoutMs, signal });
    if ('kind' in answer) throw new Error(answer.error);
    if (answer.status >= 300) throw new Error(answer.said);
    return jsonOf(answer.text);
  };
}

async function hearBatch(batch: Record<string, unknown>, me: string, ask: Ask, deps: WayDeps): Promise<void> {
  const { join } = (batch['rooms'] ?? {}) as { join?: Record<string, { timeline?: { events?: readonly Event[] } }> };
  for (const [room, { timeline }] of Object.entries(join ?? {})) {
    for (const { event_id: id, sender, content } of timeline?.events ?? []) {
      if (typeof id !== 'string' || typeof sender !== 'string' || sender === me) continue;
      const said = await saidIn(content, me, deps);
      if (said === undefined) continue;
      await deps.heard.once('matrix', id, async () => {
        const answer = await deps.desk.hear({ chat: 'matrix', id: sender, name: sender }, said);
        await say(ask, room, id, answer);
      });
    }
  }
}

/** What is meant for nines: said to it, or below a page's message, or a reaction to one. */
async function saidIn(content: Event['content'], me: string, { pageAt }: WayDeps): Promise<Said | undefined> {
  const relation = content?.['m.relates_to'] ?? {};
  const pageOf = async (event: unknown): Promise<string | undefined> => (typeof event === 'string' ? pageAt('matrix', event) : undefined);
  if (relation.rel_type === 'm.annotation') {
    const text = typeof relation.key === 'string' ? answerByReaction(relation.key) : undefined;
    const about = text === undefined ? undefined : await pageOf(relation.event_id);
    return text === undefined || about === undefined ? undefined : { text, about };
  }
  if (content?.msgtype !== 'm.text' || typeof content.body !== 'string') return undefined;
  const about =
    (await pageOf(relation['m.in_reply_to']?.event_id)) ?? (relation.rel_type === 'm.thread' ? await pageOf(relation.event_id) : undefined);
  const text = meant(content.body, me) ?? (about === undefined ? undefined : answerBelow(unquoted(content.body)));
  return text === undefined ? undefined : { text, about: about ?? null };
}

/** Without what is quoted of another message. */
const unquoted = (body: string): string => body.replace(/^(?:>[^\n]*\n)+\n?/, '').trim();

/** `!ack`, `nines: ack`, `@nines:example.org ack`, and the same below what is quoted of another message. */
function meant(body: string, me: string): string | undefined {
  const text = unquoted(body);
  if (/^![a-z]/i.test(text)) return text;
  const names = [me, me.slice(1).split(':')[0]!, 'nines'].map((name) => name.toLowerCase());
  const lower = text.toLowerCase();
  const called = names.find((name) => lower.startsWith(name) && /^[:,\s]/.test(lower.slice(name.length)));
  return called === undefined ? undefined : text.slice(called.length + 1);
}

/** As a notice, which bots do not answer; told again after a crash it is the same message, by its transaction. */
async function say(ask: Ask, room: string, to: string, { text, pictures, buttons }: ChatAnswer): Promise<void> {
  const then = buttons.length === 0 ? [] : [`Then: ${buttons.map(({ command }) => `!${command}`).join(' · ')}`];
  const body = [text, ...pictures.map(({ title, image }) => `${title}: ${image}`), ...then].join('\n').slice(0, MAX_ANSWER);
  const transaction = createHash('sha256').update(`answer ${to}`).digest('hex').slice(0, 32);
  const content = { msgtype: 'm.notice', body, 'm.relates_to': { 'm.in_reply_to': { event_id: to } } };
  await ask('PUT', `rooms/${encodeURIComponent(room)}/send/m.room.message/${transaction}`, content);
}
