import { type Kysely, sql as template } from 'kysely';
import type { Catalog } from '../../catalog/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import { contactsOf, type PersonContacts } from '../contacts.ts';
import { findDelivery, toRecord, updateDelivery, lockDelivery, type DeliveryRecord, type DeliveryTables } from '../deliveries/index.ts';

export type Answered = 'acknowledge' | 'not-mine' | 'escalate' | 'resolve' | { readonly snoozeMs: number };

/** What on-call does with an answer; wired where nines is put together, for delivery knows no pages. */
export interface Answers {
  /** Those of these pages that are open, in the same order. */
  open(pages: readonly string[]): Promise<OpenPage[]>;
  /** @throws Problem where it can't be done */
  answer(page: string, person: string, answered: Answered): Promise<void>;
}

export interface OpenPage {
  readonly id: string;
  readonly subject: string;
  /** Nobody has it. */
  readonly waits: boolean;
}

/** A message that is answered: of whom, and which pages it told of. */
export interface Answerable {
  readonly person: string;
  readonly pages: readonly string[];
  readonly subject: string;
}

/** What callbacks of providers work with. */
export interface AnswerDesk {
  readonly sql: Sql;
  readonly clock: Clock;
  /** Without a slash at the end. */
  readonly url: string;
  /** A message by its id; undefined for one that is gone, or is about no page. */
  delivery(id: string): Promise<(Answerable & { readonly urgent: boolean }) | undefined>;
  /** Does it for each page, and says in a sentence what was done. */
  answer(to: Answerable, answered: Answered): Promise<string>;
  /** Whose telephone number it is. */
  personAt(phone: string): string | undefined;
  /** The pages that called a person by telephone within a day and are open, the latest first. */
  openFor(person: string): Promise<OpenPage[]>;
  /** The provider had it, and says now that nobody got it. */
  lost(id: string, error: string): Promise<void>;
}

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly url: string;
  readonly answers: () => Answers | undefined;
  readonly failed: (tx: Tx, record: DeliveryRecord) => Promise<void>;
}

const DAY_MS = 86_400_000;
const PAGE = 'page/';

export function createAnswerDesk(deps: Deps): AnswerDesk {
  const { sql, clock, url, catalog } = deps;
  return {
    sql,
    clock,
    url,
    async delivery(id) {
      const row = await findDelivery(sql, id);
      if (!row || row.person === null) return undefined;
      const told = row.gathers === null ? [row] : await sql.db<DeliveryTables>().selectFrom('deliveries').selectAll().where('bundle', '=', id).limit(1_000).execute();
      const pages = [...new Set(told.flatMap(({ about }) => (about?.startsWith(PAGE) ? [about.slice(PAGE.length)] : [])))];
      return { person: row.person, pages, subject: row.gathers === null ? row.subject : `${pages.length} pages`, urgent: row.priority === 0 };
    },
    answer: (to, answered) => answer(deps, to, answered),
    personAt: (phone) =>
      catalog
        .current()
        .list<PersonContacts>('Person')
        .find(({ spec }) => contactsOf(spec).some(({ channel, address }) => (channel === 'sms' || channel === 'voice') && address === phone))?.name,
    openFor: (person) => openFor(deps, person),
    lost: (id, error) => lost(deps, id, error),
  };
} // prettier-ignore

async function answer({ answers }: Deps, { person, pages, subject }: Answerable, answered: Answered): Promise<string> {
  const port = answers();
  if (!port || pages.length === 0) return 'There is nothing to answer in this message.';
  const refused: string[] = [];
  for (const page of pages) {
    try {
      await port.answer(page, person, answered);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length === pages.length) return refused[0]!;
  return done(answered, subject);
}

function done(answered: Answered, subject: string): string {
  switch (answered) {
    case 'acknowledge':
      return `Acknowledged: ${subject}.`;
    case 'not-mine':
      return `Passed on: ${subject}. The next person is called.`;
    case 'escalate':
      return `Escalated: ${subject}. The next people are called.`;
    case 'resolve':
      return `Resolved: ${subject}.`;
    default:
      return `Snoozed for ${spoken(answered.snoozeMs)}: ${subject}. It comes back then.`;
  }
}

/** `30 minutes`, `2 hours`: it is read aloud. */
function spoken(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

async function openFor({ sql, clock, answers }: Deps, person: string): Promise<OpenPage[]> {
  const { rows } = await template<{ about: string }>`
    select about from deliveries where person = ${person} and channel in ('sms', 'voice') and about like 'page/%'
      and sent_at > ${clock.now() - DAY_MS} and reason in ('page', 'escalation', 'ticket')
    group by about order by max(sent_at) desc limit 100`.execute(sql.db());
  return (await answers()?.open(rows.map(({ about }) => about.slice(PAGE.length)))) ?? [];
}

/** As if it had been refused at once: on-call looks for another way, for each page that it told of. */
function lost({ sql, ledger, failed }: Deps, id: string, error: string): Promise<void> {
  return sql.transaction(async (tx) => {
    const db: Kysely<DeliveryTables> = tx.db<DeliveryTables>();
    const seen = await findDelivery(tx, id);
    if (seen?.state !== 'sent' || seen.delivered_at !== null) return;
    const rows = seen.gathers === null ? [seen] : await db.selectFrom('deliveries').selectAll().where('bundle', '=', id).where('state', '=', 'sent').orderBy('about').execute();
    // First, for they hold pages, which whoever acknowledges holds before messages.
    for (const row of rows) await failed(tx, { ...toRecord(row), state: 'failed', lastError: error });
    const current = await lockDelivery(tx, id);
    if (current?.state !== 'sent') return;
    for (const row of [seen, ...rows]) await updateDelivery(tx, row.id, { state: 'failed', last_error: error });
    const title = `${seen.channel === 'voice' ? 'Call' : 'SMS'} to ${seen.person ?? seen.address} did not get through: ${error}`;
    await ledger.append(
      tx,
      rows.map((row) => ({ kind: 'notification.failed', title, actor: 'nines', service: row.service, subject: row.about, data: { delivery: row.id, key: row.key, channel: row.channel, person: row.person, reason: row.reason } })),
    );
  });
} // prettier-ignore
