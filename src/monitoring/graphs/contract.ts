import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });

/** `POST /nines/v1/graphs`. */
export const newGraph = z.strictObject({
  expr: z.string().min(1).max(10_000).describe('PromQL.'),
  from: instant,
  to: instant,
  title: z.string().min(1).max(200).optional().describe('The expression, where it is left out.'),
  note: z.string().max(2_000).default('').describe('What is to be seen in it.'),
  unit: z
    .string()
    .max(20)
    .optional()
    .describe('`ratio`, `s`, `By`, or any word; guessed from the names of the metrics where it is left out.'),
  threshold: z.number().optional().describe('Drawn as a line across.'),
  public: z.boolean().default(false).describe('Whoever has the link sees it, without an account: for a chat or a status page.'),
});

const graphHead = z.object({
  id: z.string(),
  title: z.string(),
  expr: z.string(),
  note: z.string(),
  public: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  /** The page, for people. */
  url: z.string(),
  /** The picture: `graph.svg` and `graph.csv` are beside it. */
  image: z.string(),
});
export const graphDetail = graphHead.extend({
  from: instant,
  to: instant,
  unit: z.string(),
  threshold: z.number().nullable(),
  /** Milliseconds and value; null where there is no number. */
  series: z.array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number().nullable()])) })),
  /** How many series more there were. */
  left: z.number(),
  problem: z.string().nullable(),
  annotations: z.array(z.object({ time: z.number(), label: z.string() })),
});
export const graphsPage = z.object({ graphs: z.array(graphHead), marker: z.number().nullable() });

export type SharedGraphHead = z.infer<typeof graphHead>;
export type SharedGraphDetail = z.infer<typeof graphDetail>;
