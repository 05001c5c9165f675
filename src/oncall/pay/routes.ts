import { Temporal } from 'temporal-polyfill';
import { timeZoneName } from '../../catalog/index.ts';
import { reply, type Route, route } from '../../platform/http/index.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import { type Desk, titleOf } from '../desk.ts';
import { servicesBetween } from '../fairness/services-between.ts';
import { startOfDay } from '../shifts/local-time.ts';
import { payAnswer, payQuery } from './contract.ts';
import type { PaySpec } from './pay-kind.ts';
import { payCsv, payReport } from './pay-report.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** Only for admins: it tells wages. */
export const payRoute = (desk: Desk): Route =>
  route({
    method: 'GET',
    path: '/nines/v1/oncall/pay',
    access: 'admin',
    summary: 'What being on call is paid for a month, as JSON or CSV',
    query: payQuery,
    response: payAnswer,
    async handler({ query: { month: wanted, timeZone = 'UTC', format } }) {
      if (!timeZoneName.safeParse(timeZone).success) throw badRequest(`There is no time zone '${timeZone}': write 'Europe/Berlin'.`);
      await desk.rosters.refresh(desk.sql);
      const set = desk.catalog.current();
      const [document] = set.list<PaySpec>('OnCallPay');
      if (!document) throw notFound('document of kind', 'OnCallPay');
      const here = Temporal.Instant.fromEpochMilliseconds(desk.clock.now()).toZonedDateTimeISO(timeZone).toPlainDate();
      const month = wanted === undefined ? here.toPlainYearMonth().subtract({ months: 1 }) : Temporal.PlainYearMonth.from(wanted);
      const from = startOfDay(month.toPlainDate({ day: 1 }), timeZone);
      const to = startOfDay(month.add({ months: 1 }).toPlainDate({ day: 1 }), timeZone);
      // Nobody is paid for hours that are still to come.
      const until = Math.min(to, Math.max(from, desk.clock.now()));
      const schedules = document.spec.schedules ?? set.list('Schedule').map(({ name }) => name);
      const services = until > from ? servicesBetween(set, schedules, from, until) : [];
      const rows = payReport(document.spec, services).map((row) => ({ ...row, title: titleOf(set, row.person) }));
      const { currency } = document.spec;
      if (format === 'csv') return reply(200, payCsv(rows, currency), { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="on-call-${month.toString()}.csv"` }); // prettier-ignore
      const people = rows.map(({ cents, ...row }) => ({ ...row, amount: cents === null ? null : cents / 100 }));
      return { month: month.toString(), from: iso(from), to: iso(until), currency, people };
    },
  });
