import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { resourceName, type ResourceKind } from '../../catalog/index.ts';
import { readCalendar } from './read-calendar.ts';

const calendarSpec = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2_000).optional().describe('Where the calendar is; asked for once a day.'),
    file: z
      .string()
      .min(1)
      .max(500)
      .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\0\\]+\.ics$/, "write the path of an .ics file within the folder of documents, such as 'holidays/germany.ics'")
      .optional()
      .describe('An .ics file in the folder of documents, by its path from there.'),
    ics: z.string().max(1_000_000).optional().describe('The calendar itself, as iCalendar text.'),
    people: z.array(resourceName).max(1_000).default([]).describe('Who is away while one of its events lasts. Without anyone, its days off are those of schedules that name it in `holidays`.'),
  })
  .check(({ value, issues }) => {
    const given = [value.url, value.file, value.ics].filter((one) => one !== undefined).length;
    if (given !== 1) issues.push({ code: 'custom', message: 'name one of url, file or ics: where the calendar is', input: value, path: [] });
  }); // prettier-ignore
export type CalendarSpec = z.output<typeof calendarSpec>;

/** Days off, and when people are away, as calendar programs keep them. */
export const calendarKind: ResourceKind<CalendarSpec> = {
  kind: 'Calendar',
  spec: calendarSpec,
  summary: 'A calendar of holidays: public ones, for the schedules that name it, or those of people, who are not called meanwhile.',
  example: `apiVersion: nines/v1
kind: Calendar
metadata:
  name: germany
spec:
  url: https://calendars.example.com/germany.ics
---
apiVersion: nines/v1
kind: Calendar
metadata:
  name: ana-away
spec:
  file: holidays/ana.ics
  people: [ana]
`,
  references: ({ people }) => people.map((name, i) => ({ path: ['spec', 'people', i], kind: 'Person', name })),
  check({ spec }) {
    if (spec.ics === undefined) return [];
    try {
      const { problems } = readCalendar(spec.ics, {
        from: Temporal.PlainDate.from('2020-01-01'),
        to: Temporal.PlainDate.from('2040-01-01'),
      });
      return problems.map((problem) => ({
        path: ['spec', 'ics'],
        severity: 'warning',
        message: `${problem}: it is left out`,
        hint: 'see RFC 5545',
      }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ path: ['spec', 'ics'], severity: 'error', message, hint: 'write iCalendar text' }];
    }
  },
};
