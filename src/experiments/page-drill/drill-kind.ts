import { z } from 'zod';
import { cronText, nextRun, parseCron } from '../../alerting/index.ts';
import { type ResourceKind, resourceName, timeZoneName } from '../../catalog/index.ts';
import { durationText } from '../../platform/duration.ts';

export const drillSpec = z.strictObject({
  service: resourceName.describe('Whose page is exercised.'),
  cron: cronText.describe('When, as in a crontab: five fields. Choose an hour when people are awake.'),
  timeZone: timeZoneName.default('UTC').describe('In which `cron` is written.'),
  answerWithin: durationText({ min: '10s', max: '1d' }).default('15m').describe('How long an answer may take.'),
});
export type DrillSpec = z.output<typeof drillSpec>;

export const drillKind: ResourceKind<DrillSpec> = {
  kind: 'PageDrill',
  spec: drillSpec,
  summary: 'A page that is sent now and then to know that one would arrive: from an alert to the answer of a person.',
  example: `apiVersion: nines/v1
kind: PageDrill
metadata:
  name: checkout-weekly
spec:
  service: checkout
  cron: '0 11 * * 2'
  timeZone: Europe/Lisbon
  answerWithin: 15m
`,
  references: ({ service }) => [{ path: ['spec', 'service'], kind: 'Service', name: service }],
};

/** When the next drill of a document is due after a time, in milliseconds; null where never. */
export const nextDrill = ({ cron, timeZone }: DrillSpec, after: number): number | null => nextRun(parseCron(cron), timeZone, after);
