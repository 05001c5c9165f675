import { expect, test } from 'vitest';
import { z } from 'zod';
import { account, apiToken, me } from '../../src/access/contract.ts';
import { alert, alertRoutesAnswer, alertRouteTree } from '../../src/alerting/contract.ts';
import { backtestAnswer } from '../../src/alerting/backtest/contract.ts';
import { alertHistory } from '../../src/alerting/history/contract.ts';
import { maintenance, silence } from '../../src/alerting/muting/contract.ts';
import { lintAnswer } from '../../src/alerting/lint/contract.ts';
import { review } from '../../src/alerting/review/contract.ts';
import { chatsAnswer } from '../../src/chat/contract.ts';
import { configState, resource, service } from '../../src/catalog/contract.ts';
import { mailboxMessage } from '../../src/delivery/contract.ts';
import { drillsAnswer } from '../../src/experiments/contract.ts';
import { incidentDetail } from '../../src/incidents/contract.ts';
import { ledgerEvent } from '../../src/ledger/contract.ts';
import { discoveryProblem, droppedTarget, probeState, targetState } from '../../src/monitoring/contract.ts';
import { objectiveStatus } from '../../src/objectives/contract.ts';
import { onCallNow, pageDetail } from '../../src/oncall/contract.ts';
import { payAnswer } from '../../src/oncall/pay/contract.ts';
import { calendarsAnswer, overrideJson, swapJson } from '../../src/oncall/schedules/contract.ts';
import { healthAnswer } from '../../src/platform/contract.ts';
import { postmortemDetail } from '../../src/postmortems/contract.ts';
import * as quality from '../dev/quality-fixtures.ts';
import * as routes from '../dev/route-fixtures.ts';
import { makeWorld } from '../dev/world.ts';

/** What the browser tests show must be what the server could answer. */
const world = z.strictObject({
  me,
  setupNeeded: z.boolean(),
  signedIn: z.boolean(),
  health: healthAnswer,
  services: z.array(service),
  objectives: z.array(objectiveStatus),
  alerts: z.array(alert),
  onCall: onCallNow,
  overrides: z.array(overrideJson),
  swaps: z.array(swapJson),
  silences: z.array(silence),
  maintenance: z.array(maintenance),
  incidents: z.array(incidentDetail),
  events: z.array(ledgerEvent),
  pages: z.array(pageDetail),
  postmortems: z.array(postmortemDetail),
  probes: z.array(probeState),
  targets: z.array(targetState),
  dropped: z.array(droppedTarget),
  discoveryProblems: z.array(discoveryProblem),
  config: configState,
  resources: z.array(resource),
  accounts: z.array(account),
  tokens: z.array(apiToken),
  mail: z.array(mailboxMessage).optional(),
});

test.each(['trouble', 'calm', 'empty'] as const)('the world %s keeps to the contracts', (name) => {
  expect(world.parse(makeWorld(name)).services.length > 0).toBe(name !== 'empty');
});

test('what is said of alerts keeps to the contracts', () => {
  expect(lintAnswer.parse(quality.lint()).rules.length).toBeGreaterThan(0);
  expect(backtestAnswer.parse(quality.backtest('up == 0')).results).toHaveLength(1);
  expect(review.parse(quality.review('2026-W47')).alerts).toHaveLength(2);
  expect(alertHistory.parse(quality.history('f')).firings).toHaveLength(6);
});

test('what is said of routes, chats and pay keeps to the contracts', () => {
  expect(alertRouteTree.parse(routes.routeTree(makeWorld('trouble'))).routes).toHaveLength(5);
  expect(alertRoutesAnswer.parse(routes.routesOf()).routes).toHaveLength(2);
  expect(chatsAnswer.parse(routes.chats()).chats).toHaveLength(5);
  expect(drillsAnswer.parse({ drills: routes.drills(), marker: null }).drills).toHaveLength(3);
  expect(calendarsAnswer.parse({ calendars: routes.calendars() }).calendars).toHaveLength(2);
  expect(payAnswer.parse(routes.pay('2026-10')).people).toHaveLength(3);
});
