import { z } from 'zod';
import { resourceName, timeZoneName, type ResourceKind } from '../../catalog/index.ts';
import { durationText, parseDuration } from '../../platform/duration.ts';
import { severity } from '../../catalog/contract.ts';
import { secretText } from '../doorkeeper/index.ts';
import { CronError, parseCron } from './cron.ts';

/** A cron expression, checked. */
export const cronText = z.string().check((context) => {
  try {
    parseCron(context.value);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    context.issues.push({ code: 'custom', message: error.message, input: context.value });
  }
});

export const heartbeatSpec = z.strictObject({
  description: z.string().max(2_000).optional().describe('What the job does, and what is lost where it does not.'),
  service: resourceName.optional().describe('The service that needs the job.'),
  severity: severity.default('today').describe('Of the alert.'),
  every: durationText({ min: '10s', max: '366d' }).optional().describe('The longest time between two good runs. This, or `cron`.'),
  cron: cronText.optional().describe('When the job runs, as in its crontab: five fields, or `@daily` and its like.'),
  timeZone: timeZoneName.default('UTC').describe('In which `cron` is written. Changes of the clocks are as cron has them.'),
  grace: durationText({ min: '1s', max: '7d' }).default('5m').describe('How late it may be.'),
  maxRuntime: durationText({ min: '1s', max: '31d' })
    .optional()
    .describe('How long a run may take from `start` to its end. Without it, a run may go on until the next is due.'),
  token: secretText.optional().describe('What its senders must show, as `${NAME}` of the environment. Any intake token is good too.'),
  runbook: z.url({ protocol: /^https?$/ }).max(2_000).optional().describe('The page to open when it fails.'),
  labels: z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), z.string().max(1_000)).default({}).describe('More labels of its alert.'),
}).refine(({ every, cron }) => (every === undefined) !== (cron === undefined), {
  message: "write either 'every' (such as 1h) or 'cron' (such as '30 2 * * *')",
  path: ['every'],
}); // prettier-ignore
export type HeartbeatSpec = z.output<typeof heartbeatSpec>;

export const heartbeatKind: ResourceKind<HeartbeatSpec> = {
  kind: 'Heartbeat',
  spec: heartbeatSpec,
  summary: 'A job that must say that it ran: late, failed or running too long, it alerts.',
  example: `apiVersion: nines/v1
kind: Heartbeat
metadata:
  name: nightly-backup
spec:
  description: Copies the orders to the other site.
  service: checkout
  severity: today
  cron: '30 2 * * *'
  timeZone: Europe/Berlin
  grace: 15m
  maxRuntime: 2h
`,
  references: ({ service }) => (service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }]),
  check({ spec: { every, grace, maxRuntime } }) {
    if (every === undefined) return [];
    const long = maxRuntime !== undefined && parseDuration(maxRuntime) > parseDuration(every) + parseDuration(grace);
    if (!long) return [];
    const message = `a run may take ${maxRuntime}, but the next is due after ${every}`;
    return [{ path: ['spec', 'maxRuntime'], severity: 'warning', message, hint: "make 'every' longer, or 'maxRuntime' shorter" }];
  },
};
