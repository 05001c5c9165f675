import type { Message, Picture } from '../delivery/index.ts';
import type { Oncall } from '../oncall/index.ts';
import { type Reply, type Route } from '../platform/http/index.ts';
import type { Sql } from '../platform/sql/index.ts';

/** What is drawn before the alert began, and the size of the picture in a mail: on a phone its text is still to be read. */
const BEFORE_MS = 3_600_000;
const SIZE = { width: 420, height: 240 } as const;
const CALLS = new Set(['page', 'escalation', 'ticket']);

/** The graph of a page's first alert, for its mails: the last hour and what followed. Nothing for an expression that isn't PromQL. */
export function pictureOf(deps: { sql: Sql; pages: Oncall['pages']; routes: readonly Route[]; now: () => number }) {
  const graph = deps.routes.find(({ path }) => path === '/nines/v1/graph.png');
  return async ({ about, reason }: Message): Promise<Picture | undefined> => {
    if (!graph || !CALLS.has(reason) || !about?.startsWith('page/')) return undefined;
    const page = await deps.pages.get(deps.sql, about.slice('page/'.length));
    const alert = page?.alerts[0];
    if (!page || !alert || alert.expr === '') return undefined;
    const to = deps.now();
    const query = {
      expr: measured(alert.expr),
      from: new Date(Math.min(page.beganAt, to) - BEFORE_MS).toISOString(),
      to: new Date(to).toISOString(),
      title: alert.rule.slice(0, 200),
      theme: 'light',
      ...SIZE,
    };
    const answer = (await graph.handler({ query, signal: AbortSignal.timeout(3_000) } as never)) as Reply;
    if (!Buffer.isBuffer(answer.body)) return undefined;
    return { png: answer.body, alt: `A graph of ${alert.expr}, from an hour before it fired`.slice(0, 300) };
  };
}

/** Without the comparison at its end, whose result is a line only while it fires: `errors > 0.01` becomes `errors`. */
export const measured = (expr: string): string =>
  /^(.+?)\s*(?:[<>]=?|[!=]=)\s*-?[\d.]+(?:e[-+]?\d+)?\s*$/is.exec(expr.slice(0, 10_000))?.[1] ?? expr;
