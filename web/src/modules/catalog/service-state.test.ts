import { expect, test } from 'vitest';
import { makeWorld } from '../../../dev/world.ts';
import { serviceState } from './service-state.ts';

const world = makeWorld('trouble');
const [critical, ticket] = world.alerts;
const [running] = world.incidents;
const [objective] = makeWorld('calm').objectives;
if (!critical || !ticket || !running || !objective) throw new Error('the fixture lacks something');
const calm = { alerts: [], objectives: [objective], incidents: [], failingProbes: [], probes: 1, targetsUp: 0, targetsDown: 0 };

test.each([
  ['nothing wrong', {}, 'ok', ''],
  ['a critical alert', { alerts: [ticket, critical] }, 'bad', '14 % of redirects fail; the budget burns 142× too fast'],
  ['a ticket', { alerts: [ticket] }, 'warn', 'Reads take 210 ms at the 99th percentile'],
  ['two tickets', { alerts: [ticket, ticket] }, 'warn', 'Reads take 210 ms at the 99th percentile and 1 more'],
  ['a pending alert', { alerts: [{ ...critical, state: 'pending' as const }] }, 'ok', ''],
  ['an open incident', { incidents: [running] }, 'bad', 'incident 12: Short links answer with errors'],
  ['one whose outage ended', { incidents: [{ ...running, outageEndedAt: running.openedAt }] }, 'ok', ''],
  ['a failing probe', { failingProbes: ['front'] }, 'warn', 'probe front fails'],
  ['a spent budget', { objectives: [{ ...objective, state: 'exhausted' as const }] }, 'warn', 'the budget of Redirects succeed is spent'],
  [
    'a burning budget',
    { objectives: [{ ...objective, state: 'burning' as const }] },
    'warn',
    'Redirects succeed burns its budget too fast',
  ],
  ['an instance that is away', { targetsUp: 2, targetsDown: 1 }, 'warn', '1 of 3 instances can’t be scraped'],
  ['only scraped', { objectives: [], probes: 0, targetsUp: 1 }, 'ok', ''],
  ['nothing measured', { objectives: [{ ...objective, state: 'no-data' as const }], probes: 0 }, 'none', ''],
])('%s', (_, evidence, tone, why) => expect(serviceState({ ...calm, ...evidence })).toMatchObject({ tone, why }));
