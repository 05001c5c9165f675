import { z } from 'zod';
import { resourceName } from '../../catalog/index.ts';

export const calendarSpec = z
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
