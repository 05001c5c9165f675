/** Plays the time stories of scenarios/*.scenario: alerts that senders tell of, and what happens between the answer and the page. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import type { StoryPart, World } from '../../../test/harness/story/world.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import { alertingMigrations } from '../migrations.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS, type ExternalAlerts, type ReportedAlert } from './index.ts';
import { readBacklog } from './inbox-store.ts';

interface Part extends ReturnType<StoryPart['boot']> {
  readonly external: ExternalAlerts;
  readonly waiting: () => Promise<number>;
  /** The rules of the alerts in the order in which they were worked off. */
  readonly workedOff: string[];
}

const part: StoryPart = {
  kinds: [],
  boot({ sql, clock, jobs, ledger, oncall }): Part {
    const store = createAlertStore(sql);
    const workedOff: string[] = [];
    const sink: typeof oncall.alertSink = {
      ...oncall.alertSink,
      changed(tx, transitions) {
        tx.afterCommit(() => workedOff.push(...transitions.map(({ alert }) => alert.rule)));
        return oncall.alertSink.changed(tx, transitions);
      },
    };
    const writer = new AlertWriter({ sql, ledger, store, sink });
    const external = createExternalAlerts({ sql, clock, jobs, store, writer, limits: DEFAULT_EXTERNAL_LIMITS });
    const waiting = async (): Promise<number> => (await readBacklog(sql)).alerts;
    return { external, waiting, workedOff, start: () => external.idle() };
  },
};
const of = (world: World): Part => world.process.part as Part;

const alert = (world: World, service: string, given: Partial<ReportedAlert>): ReportedAlert => ({
  source: 'alertmanager',
  key: service,
  status: 'firing',
  labels: { alertname: given.severity === 'critical' ? 'Down' : 'DiskFills', service },
  annotations: { summary: `Look at ${service}` },
  startsAt: world.clock.now(),
  endsAt: null,
  ...given,
});

async function tell(world: World, requests: readonly (readonly ReportedAlert[])[]): Promise<void> {
  const { external } = of(world);
  await Promise.all(requests.map((alerts) => external.report(alerts, 'token:prometheus')));
  await external.idle();
  await world.settle();
}

const steps: [RegExp, Step][] = [
  [/^(\d+) tickets of (\S+) are told, then a critical alert of (\S+)$/, (world, [, count, tickets, critical]) => {
    const all = Array.from({ length: Number(count) }, (_, i) => alert(world, tickets!, { key: `ticket ${i}`, severity: 'today' }));
    const requests = Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, (i + 1) * 100));
    return tell(world, [...requests, [alert(world, critical!, { severity: 'critical' })]]);
  }],
  [/^a critical alert of (\S+) is (told|over)$/, (world, [, service, what]) =>
    tell(world, [[alert(world, service!, { severity: 'critical', ...(what === 'over' && { status: 'resolved', endsAt: world.clock.now() }) })]])],
  [/^expect the critical alert was worked off before (\d+) of the tickets$/, (world, [, count]) => {
    const { workedOff } = of(world);
    expect(workedOff.length - workedOff.indexOf('Down')).toBeGreaterThan(Number(count));
  }],
  [/^expect (\d+) alerts? waits?$/, async (world, [, count]) => expect(await of(world).waiting()).toBe(Number(count))],
  [/^expect alerts of (\S+) fired from (\S+) to (\S+)$/, async (world, [, service, from, to]) => {
    const [found] = (await of(world).external.list()).filter((one) => one.alert.service === service);
    const timeOf = (at: number | null): string => new Date(at ?? 0).toISOString().slice(11, 16);
    expect([timeOf(found!.alert.firedAt), timeOf(found!.alert.resolvedAt)]).toEqual([from, to]);
  }],
  [/^nines is killed as soon as it has answered$/, async (world) => {
    await of(world).external.stop();
    await world.process.jobs.stop();
    world.clock.forget();
  }],
  [/^nines starts$/, (world) => world.start()],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { part, steps, migrations: alertingMigrations });
