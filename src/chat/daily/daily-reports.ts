import { z } from 'zod';
import type { Resource } from '../../catalog/index.ts';
import { type Delivery, escapeHtml, type Message, textHtml } from '../../delivery/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type QueryEngine, toPng } from '../../monitoring/index.ts';
import { type Principal, reply, type Route, route } from '../../platform/http/index.ts';
import { newSecret } from '../../platform/id.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { notFound } from '../../platform/problem.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import type { ChatTables } from '../migrations.ts';
import { createSpeech, type SpeechDeps } from '../speech.ts';
import { type DailyReportSpec, zoneOf } from './daily-report-kind.ts';
import { drawReport } from './draw-report.ts';
import { dueReport } from './due.ts';
import { reportData, reportText } from './report-data.ts';

export interface DailyDeps extends SpeechDeps {
  readonly sql: Sql;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly delivery: Pick<Delivery, 'send'>;
  readonly query: Pick<QueryEngine, 'range'>;
}

export const DAILY_JOB = 'chat.daily-report';
/** It reads, and belongs to nobody. */
const READER: Principal = { kind: 'token', actor: 'nines', name: 'nines', person: null, role: 'viewer' };
/** How long its picture can be looked at. */
const KEPT_MS = 92 * 86_400_000;
const CID = 'report@nines';

/** Sends each DailyReport once a local day, by a durable job; the picture is kept behind a link that can't be guessed. */
export function createDailyReports(deps: DailyDeps): { readonly routes: Route[]; start(): void } {
  const { sql, jobs, catalog, clock } = deps;
  const find = (name: string): Resource<DailyReportSpec> | undefined => catalog.current().get<DailyReportSpec>('DailyReport', name);
  jobs.handle(DAILY_JOB, {
    timeoutMs: 120_000,
    async run({ key }, signal) {
      const report = find(key);
      if (report === undefined) return undefined;
      const timeZone = zoneOf(report.spec, catalog.current());
      const due = dueReport({ ...report.spec, timeZone }, await lastSent(sql, key), clock.now());
      if (due.now !== null) await sendReport(deps, report, due.now.day, signal);
      return { again: due.next };
    },
  });
  return {
    routes: [pictureRoute(sql)],
    start() {
      // The job decides by what was sent: to look at once does no harm, and finds what was missed, and what was changed.
      catalog.onChange((set) => {
        const names = set.list('DailyReport').map(({ name }) => name);
        if (names.length === 0) return;
        void sql.transaction(async (tx) => {
          for (const key of names) await jobs.enqueue(tx, { kind: DAILY_JOB, key });
        });
      });
    },
  };
}

async function sendReport(deps: DailyDeps, report: Resource<DailyReportSpec>, day: string, signal: AbortSignal): Promise<void> {
  const { sql, clock, ledger, delivery } = deps;
  const { name, spec } = report;
  const timeZone = zoneOf(spec, deps.catalog.current());
  const speech = createSpeech(deps, { principal: READER, timeZone, about: null, signal });
  const data = await reportData(speech, report, deps.query, signal);
  const svg = drawReport(data);
  const { subject, text } = reportText(data);
  // Before the transaction: nobody waits for a picture while it holds a row.
  const png = spec.to.some(({ channel }) => channel === 'email') ? await toPng(svg) : undefined;
  const id = newSecret();
  await sql.transaction(async (tx) => {
    if (!(await claim(tx, name, day))) return;
    const now = clock.now();
    const db = tx.db<ChatTables>();
    await db.insertInto('chat_reports').values({ id, name, day, svg, created_at: now }).execute();
    await db
      .deleteFrom('chat_reports')
      .where('created_at', '<', now - KEPT_MS)
      .execute();
    const picture = `${deps.url}/nines/v1/reports/${id}/report.png`;
    const told = { subject: `${data.team}: ${subject}`, text: `${text}\n\nPicture: ${picture}` };
    await delivery.send(tx, spec.to.map((to, i) => messageTo(report, { to, i, day, png, ...told }))); // prettier-ignore
    await ledger.append(tx, [{ kind: 'report.sent', title: `Daily report of ${data.team} for ${day}`, actor: 'nines', subject: `report/${name}`, data: { picture } }]);
  });
} // prettier-ignore

interface Told {
  readonly to: DailyReportSpec['to'][number];
  readonly i: number;
  readonly day: string;
  readonly png: Buffer | undefined;
  readonly subject: string;
  readonly text: string;
}

/** By mail with the picture inside; elsewhere with a link to it. */
function messageTo({ name, title }: Resource<DailyReportSpec>, { to, i, day, png, subject, text }: Told): Message {
  const message = { key: `daily:${name}:${day}:${i}`, channel: to.channel, address: to.address, subject, text, priority: 5, about: `report/${name}`, reason: 'daily-report' };
  if (to.channel !== 'email' || png === undefined) return message;
  const html = `<p><img src="cid:${CID}" alt="${escapeHtml(title)}" width="100%" style="max-width:600px;height:auto"></p>\n${textHtml(text)}`;
  const attachment = { name: 'report.png', type: 'image/png', content: png.toString('base64'), cid: CID };
  return { ...message, html, attachments: [attachment] };
} // prettier-ignore

const lastSent = async (sql: Sql, name: string): Promise<string | null> =>
  (await sql.db<ChatTables>().selectFrom('chat_reports_sent').select('day').where('name', '=', name).executeTakeFirst())?.day ?? null;

/** False where another process, or this one before a crash, has sent the day's already. */
async function claim(tx: Tx, name: string, day: string): Promise<boolean> {
  const row = await tx
    .db<ChatTables>()
    .insertInto('chat_reports_sent')
    .values({ name, day })
    .onConflict((on) => on.column('name').doUpdateSet({ day }).where('chat_reports_sent.day', '<', day))
    .returning('day')
    .executeTakeFirst();
  return row !== undefined;
}

const pictureRoute = (sql: Sql): Route =>
  route({
    method: 'GET',
    path: '/nines/v1/reports/:id/report.png',
    access: 'public',
    summary: 'The picture of a daily report, for whoever has the link',
    params: z.object({ id: z.string().regex(/^[0-9a-z]{32}$/, 'the link is not whole') }),
    response: z.string().describe('image/png'),
    async handler({ params: { id } }) {
      const found = await sql.db<ChatTables>().selectFrom('chat_reports').select('svg').where('id', '=', id).executeTakeFirst();
      if (found === undefined) throw notFound('report', id);
      return reply(200, await toPng(found.svg), { 'content-type': 'image/png', 'cache-control': 'private, max-age=86400' });
    },
  });
