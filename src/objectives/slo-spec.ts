/**
 * OpenSLO v1 documents of `kind: SLO` (github.com/OpenSLO/OpenSLO), as far as nines measures them: an inline ratio metric of
 * Prometheus queries, a rolling window, budgeting by occurrences, one target. What lies beyond is refused by name.
 */
import { z } from 'zod';
import { durationText } from '../platform/duration.ts';
import { compileEvents, IndicatorError, type EventsRole } from './indicator.ts';

/** A key of the format that nines refuses, with what it takes instead. */
const refused = (message: string) => z.undefined({ error: message }).optional();

const metricSource = z.strictObject({
  metricSourceRef: refused('a source by reference is not taken: nines is the source; leave it out').optional(),
  type: z
    .string()
    .default('prometheus')
    .refine((type) => type.toLowerCase() === 'prometheus', "the only source taken is 'prometheus': PromQL over what nines stores"),
  spec: z.strictObject({ query: z.string().min(1).max(10_000) }),
});
const events = z.strictObject({ metricSource });

/** Each query is compiled here, so that a problem has its line. */
const ratioMetric = z
  .strictObject({
    /** Both spellings of a counter are understood from the query itself. */
    counter: z.boolean().optional(),
    good: events.optional(),
    bad: events.optional(),
    total: events.optional(),
    raw: refused('a raw ratio can not be weighed by its traffic: give good (or bad) and total').optional(),
    rawType: refused('a raw ratio can not be weighed by its traffic: give good (or bad) and total').optional(),
  })
  .check((context) => {
    const { good, bad, total } = context.value;
    const issue = (path: string[], message: string): void =>
      void context.issues.push({ code: 'custom', path, message, input: context.value });
    if (total === undefined) issue([], 'total is missing: the query that counts all events');
    if ((good === undefined) === (bad === undefined)) issue([], "give either 'good' or 'bad', and total");
    for (const [role, side] of Object.entries({ good, bad, total })) {
      if (side === undefined) continue;
      try {
        compileEvents(side.metricSource.spec.query, role as EventsRole);
      } catch (error) {
        if (!(error instanceof IndicatorError)) throw error;
        issue([role, 'metricSource', 'spec', 'query'], error.message);
      }
    }
  })
  .transform(({ good, bad, total }) => ({
    good: good?.metricSource.spec.query,
    bad: bad?.metricSource.spec.query,
    // The check above has already refused a document without it.
    total: total?.metricSource.spec.query ?? '',
  }));

const indicator = z.strictObject({
  metadata: z.looseObject({ name: z.string().max(253), displayName: z.string().max(500).optional() }).optional(),
  spec: z.strictObject({
    description: z.string().max(10_000).optional(),
    thresholdMetric: refused(
      'a threshold metric is not taken yet: give a ratioMetric, such as the requests below a bucket over all',
    ).optional(),
    ratioMetric,
  }),
});

const timeWindow = z.strictObject({
  duration: durationText({ min: '1h', max: '366d' }),
  isRolling: z
    .boolean()
    .default(true)
    .refine((rolling) => rolling, "calendar windows are not taken: set isRolling: true and a duration such as '30d'"),
  calendar: refused("calendar windows are not taken: use a rolling one, isRolling: true and a duration such as '30d'").optional(),
});

const target = z.number().gt(0, 'a target is above 0').lt(1, 'a target is below 1: at 1 there is no budget to spend; write 99.9% as 0.999');
const targetPercent = z.number().gt(0).lt(100, 'a target is below 100: at 100 there is no budget to spend');
const timeslices = 'timeslices are not taken yet: budgetingMethod Occurrences counts each event';

const goal = z
  .strictObject({
    displayName: z.string().max(500).optional(),
    target: target.optional(),
    targetPercent: targetPercent.optional(),
    op: refused('op belongs to a threshold metric, which is not taken yet').optional(),
    value: refused('value belongs to a threshold metric, which is not taken yet').optional(),
    timeSliceTarget: refused(timeslices).optional(),
    timeSliceWindow: refused(timeslices).optional(),
    indicator: refused('an indicator for each target is not taken: write one document for each').optional(),
    indicatorRef: refused('an indicator for each target is not taken: write one document for each').optional(),
    compositeWeight: refused('composite objectives are not taken: write one document for each').optional(),
  })
  .refine(
    ({ target, targetPercent }) => (target === undefined) !== (targetPercent === undefined),
    "give either 'target' or 'targetPercent'",
  );

export const sloSpec = z.strictObject({
  description: z.string().max(10_000).optional(),
  service: z.string().min(1).max(63),
  indicator,
  indicatorRef: refused('an indicator by reference is not taken: write it here, under indicator').optional(),
  timeWindow: z.array(timeWindow).length(1, 'give exactly one window'),
  budgetingMethod: z.literal('Occurrences', { error: `${timeslices}; write Occurrences` }),
  objectives: z.array(goal).length(1, 'give exactly one target: write a document for each'),
  excludeMaintenance: z
    .boolean()
    .default(false)
    .describe(
      'Minutes in which the service is under `Maintenance` count nothing, neither good nor bad. Not of OpenSLO: an addition of nines.',
    ),
  alertPolicies: z.array(z.unknown()).max(100).nullish(),
});
export type SloSpec = z.output<typeof sloSpec>;
