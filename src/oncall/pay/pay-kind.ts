import { z } from 'zod';
import { type ResourceKind, resourceName } from '../../catalog/index.ts';

const money = z.number().min(0).max(1_000_000);
const factor = z.number().min(0).max(10);

export const paySpec = z
  .strictObject({
    currency: z.string().regex(/^[A-Z]{3}$/, "a currency by its three letters, such as 'EUR'").describe('By its three letters (ISO 4217).'),
    rate: money.optional().describe('For an hour of being primary.'),
    share: z.number().min(0).max(100).optional().describe("Instead of `rate`: so many percent of the person's hourly wage, 15 for instance."),
    wage: money.optional().describe('The hourly wage that `share` is of, for all who are not named in `wages`.'),
    wages: z.record(resourceName, money).default({}).describe('The hourly wage of a person, by name.'),
    secondary: factor.default(0.5).describe('What an hour of being secondary counts.'),
    night: factor.default(1).describe('What an hour between 22:00 and 07:00 counts.'),
    weekend: factor.default(1).describe('What an hour of a Saturday or Sunday counts.'),
    holiday: factor.default(1).describe('What an hour of a holiday counts. Of several that fit, the highest counts.'),
    schedules: z.array(resourceName).max(500).optional().describe('The schedules that are paid; all by default.'),
  })
  .refine(({ rate, share }) => (rate === undefined) !== (share === undefined), { message: 'say either `rate` or `share`', path: ['rate'] })
  .refine(({ share, wage, wages }) => share === undefined || wage !== undefined || Object.keys(wages).length > 0, {
    message: '`share` is of a wage: give `wage`, or `wages` by person',
    path: ['share'],
  }); // prettier-ignore
export type PaySpec = z.output<typeof paySpec>;

/** Without such a document nobody is paid for being on call, and there is no report. */
export const payKind: ResourceKind<PaySpec> = {
  kind: 'OnCallPay',
  plural: 'OnCallPays',
  spec: paySpec,
  summary: 'What an hour on call is paid: a rate, or a share of the hourly wage. Without one there is no pay report.',
  example: `apiVersion: nines/v1
kind: OnCallPay
metadata:
  name: on-call
spec:
  currency: EUR
  share: 15
  wage: 40
  wages: {ana: 46.5}
  night: 1.25
  weekend: 1.5
  holiday: 2
`,
  references: ({ wages, schedules = [] }) => [
    ...Object.keys(wages).map((name) => ({ path: ['spec', 'wages', name], kind: 'Person', name })),
    ...schedules.map((name, i) => ({ path: ['spec', 'schedules', i], kind: 'Schedule', name })),
  ],
};
