import { notFound } from '../../platform/problem.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Route, route } from '../../platform/http/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { buildReview, zoneOf } from './build-review.ts';
import { newAnswer, QUESTIONS, review, reviewQuery } from './contract.ts';
import { saveAnswer } from './review-store.ts';
import { weekAt, weekBefore, weekNamed } from './week.ts';

export interface ReviewRoutesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
}

export const reviewRoutes = ({ sql, clock, ledger, catalog }: ReviewRoutesDeps): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/review',
    access: 'viewer',
    summary: "A week's alerts, each with its five questions, their answers, and what the data suggest",
    query: reviewQuery,
    response: review,
    handler({ query: { week, team } }) {
      const set = catalog.current();
      if (team !== undefined && set.get('Team', team) === undefined) throw notFound('team', team);
      const now = clock.now();
      const zone = zoneOf(set, team);
      const asked = week === undefined ? weekBefore(weekAt(now, zone), zone) : weekNamed(week, zone);
      return buildReview({ sql, ledger }, set, { week: asked, team, now });
    },
  }),
  route({
    method: 'PUT',
    path: '/nines/v1/review/answers',
    access: 'responder',
    summary: 'Keep an answer to one of the five questions; without an answer and a note it is taken back',
    body: newAnswer,
    async handler({ body, principal }) {
      const { week, rule, service, question, answer, note } = body;
      weekNamed(week, 'UTC');
      const answered_by = principal.person ?? principal.name;
      const row = { week, rule, service: service ?? '', question, answer, note: note.trim(), answered_by, at: clock.now() };
      await sql.transaction(async (tx) => {
        await saveAnswer(tx, row);
        const said = [answer, row.note].filter((one) => one !== null && one !== '').join(': ') || 'taken back';
        const title = `${rule}${service === null ? '' : ` of ${service}`}, ${week}: ${QUESTIONS[question]} ${said}`;
        await ledger.append(tx, [{ kind: 'review.answered', title, actor: principal.actor, service, subject: `review/${week}`, data: { week, rule, service, question, answer, note: row.note } }]);
      });
    },
  }),
]; // prettier-ignore
