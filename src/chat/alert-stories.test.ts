/** Plays the time stories of alert-scenarios/*.scenario: what chat says of alerts, and holds back, over the real alerts, silences and on-call. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { alertOf, alertsPart, changeAlerts, firingAlerts, partOf } from '../../test/harness/story/alerts-part.ts';
import { CHAT_STEPS, talkOf } from '../../test/harness/story/chat-steps.ts';
import { playStories } from '../../test/harness/story/play-stories.ts';
import type { Step } from '../../test/harness/story/steps.ts';
import type { World } from '../../test/harness/story/world.ts';
import { alertingMigrations } from '../alerting/migrations.ts';
import type { Severity } from '../alerting/contract.ts';
import { alertRoutes } from '../alerting/routes.ts';
import { appRoutes } from '../app/app-routes.ts';
import { incidentsMigrations } from '../incidents/index.ts';
import { objectiveStatus, type ObjectiveStatus } from '../objectives/contract.ts';
import { type Route, route } from '../platform/http/index.ts';
import { chatMigrations } from './migrations.ts';

const burning = new WeakMap<World, ObjectiveStatus[]>();

/** What chat asks of the process beside on-call. */
function routesOf(world: World): Route[] {
  const { muting } = partOf(world);
  const { sql } = world.process;
  const sources = { alerts: () => firingAlerts(world), external: () => Promise.resolve([]), mutes: () => muting.mutes(sql) };
  const objectives = route({ method: 'GET', path: '/nines/v1/objectives', access: 'viewer', summary: '', handler: () => ({ objectives: burning.get(world) ?? [] }) }); // prettier-ignore
  return [
    ...muting.routes,
    ...alertRoutes(sources),
    objectives,
    ...appRoutes({ health: world.health, state: { ready: true }, routes: [] }),
  ];
}

const steps: [RegExp, Step][] = [
  [/^alert (\S+) of (\S+) (fires|resolves)(?: as (critical|today|eventually))?$/, (world, [, name, service, verb, severity = 'critical']) =>
    changeAlerts(world, verb === 'fires' ? 'firing' : 'resolved', [alertOf(world, name!, service!, severity as Severity)])],
  [/^the budget of '(.*)' is (burning|exhausted)$/, (world, [, title, state]) => {
    const one = objectiveStatus.parse({
      name: 'one', title, service: 'shop', target: 0.999, windowMs: 2_592_000_000, attainment: 0.99, good: 1, total: 2,
      budget: { allowed: 1, spent: 2, remaining: -0.2 }, burnRates: [], exhaustedAt: null, state, alerts: [], evaluatedAt: new Date(world.clock.now()).toISOString(),
    });
    burning.set(world, [one]);
  }],
  [/^(\S+) of nines is degraded: (.*)$/, (world, [, component, problem]) => world.health.report(component!, 'degraded', problem)],
  [/^expect (\d+) silences?$/, async (world, [, count]) => {
    const now = world.clock.now();
    expect((await partOf(world).muting.silences.list()).filter(({ endsAt }) => endsAt > now)).toHaveLength(Number(count));
  }],
  [/^expect the silence is of (\S+), for '(.*)'$/, async (world, [, person, reason]) => {
    expect((await partOf(world).muting.silences.list())[0]).toMatchObject({ createdBy: person, reason });
  }],
  [/^expect silence-lapsing to (\S+) by (\S+)$/, (world, [, person, channel]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === 'silence-lapsing' && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found).toBeDefined();
    found!.expected = true;
  }],
]; // prettier-ignore

/** Routes of the process that is there now: a restart makes others. */
const withRoutes = ([pattern, step]: readonly [RegExp, Step]): [RegExp, Step] => [
  pattern,
  (world, match) => {
    talkOf(world).routes.splice(0, Infinity, ...routesOf(world));
    return step(world, match);
  },
];

playStories(path.join(import.meta.dirname, 'alert-scenarios'), {
  part: alertsPart,
  steps: [...steps, ...CHAT_STEPS.map(withRoutes)],
  migrations: [...incidentsMigrations, ...alertingMigrations, ...chatMigrations],
  documents: fs.readFileSync(path.join(import.meta.dirname, 'scenarios', 'team.yaml'), 'utf8'),
});
