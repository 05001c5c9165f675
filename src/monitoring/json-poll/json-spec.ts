import { z } from 'zod';
import { EACH, parseJsonPath } from './json-path.ts';

const path = z
  .string()
  .max(1024)
  .check((context) => {
    try {
      parseJsonPath(context.value);
    } catch (error) {
      context.issues.push({ code: 'custom', message: (error as Error).message, input: context.value });
    }
  });

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "a label name is letters, digits and '_', such as 'queue'")
  .refine((label) => !label.startsWith('__'), "label names that start with '__' are reserved");

/** The `json` part of a Scrape: targets that answer JSON instead of an exposition. */
export const jsonSpec = z
  .strictObject({
    expvar: z.boolean().default(false).describe("Take every number of Go's /debug/vars: `memstats`, and the program's own."),
    values: z
      .array(
        z
          .strictObject({
            name: z
              .string()
              .max(256)
              .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "a metric's name is letters, digits, '_' and ':'")
              .describe("The metric's name."),
            path: path.describe('Where the number is: `queue.depth`, `$.disks[0].free`; `*` takes each, as in `disks[*].free`.'),
            each: z.array(labelName).max(10).optional().describe('The labels that get what stood for each `*`, in order.'),
            labels: z.record(labelName, z.string().max(1024)).optional().describe('Labels with the text given here.'),
            labelPaths: z
              .record(labelName, path)
              .optional()
              .describe('Labels with the text at a path; its `*` stand for the same as in `path`.'),
          })
          .check((context) => {
            const { path: where, each = [] } = context.value;
            let stars: number;
            try {
              stars = parseJsonPath(where).filter((step) => step === EACH).length;
            } catch {
              return;
            }
            if (each.length <= stars) return;
            const message = `there are ${each.length} labels for ${stars} '*' in the path`;
            context.issues.push({ code: 'custom', path: ['each'], message, input: each });
          }),
      )
      .max(1000)
      .optional()
      .describe('A number each, or with `*` several.'),
  })
  .refine(({ expvar, values }) => expvar || (values !== undefined && values.length > 0), "give 'values', or 'expvar: true'");
