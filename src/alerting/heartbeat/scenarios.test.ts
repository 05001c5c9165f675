/** Plays the time stories of scenarios/*.scenario: heartbeats, and the pages that they make. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import type { StoryPart, World } from '../../../test/harness/story/world.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS } from '../external/index.ts';
import { alertingMigrations } from '../migrations.ts';
import { createHeartbeats, heartbeatKind, type Heartbeats } from './index.ts';

/** Stories leap over hours: noting every 15 seconds that signals can be heard would be thousands of leaps. */
const LISTEN_MS = 15 * 60_000;

const part: StoryPart = {
  kinds: [heartbeatKind],
  boot({ sql, clock, log, jobs, ledger, catalog, oncall }) {
    const store = createAlertStore(sql);
    const writer = new AlertWriter({ sql, ledger, store, sink: oncall.alertSink });
    const external = createExternalAlerts({ sql, clock, jobs, store, writer, limits: DEFAULT_EXTERNAL_LIMITS });
    return createHeartbeats({ sql, clock, log, jobs, catalog, external, url: 'https://nines.example.org', listenEveryMs: LISTEN_MS });
  },
};

const heartbeats = (world: World): Heartbeats => world.process.part as Heartbeats;

async function says(world: World, name: string, kind: 'start' | 'success' | 'fail', exitCode: number | null, output: string | null): Promise<void> {
  await heartbeats(world).signal(name, { kind, at: world.clock.now(), exitCode, output });
  await world.settle();
} // prettier-ignore

/** Another set of documents, in which these kinds are different or gone. */
function edit(world: World, change: (documents: string) => string): void {
  world.set = world.read(change(world.documents));
}

const steps: [RegExp, Step][] = [
  [/^(\S+) says (start|success)$/, (world, [, name, kind]) => says(world, name!, kind as 'start', null, null)],
  [/^(\S+) fails with exit code (\d+): (.*)$/, (world, [, name, code, output]) => says(world, name!, 'fail', Number(code), output!)],
  [/^expect heartbeat (\S+) is (\S+)$/, async (world, [, name, status]) => {
    expect((await heartbeats(world).find(name!)).verdict.status).toBe(status);
  }],
  [/^expect the subject is (.*)$/, async (world, [, subject]) => expect(await world.lastPage()).toMatchObject({ subject })],
  [/^the other job is no matter$/, (world) => edit(world, (all) => all.replace(/kind: Heartbeat\nmetadata: { name: hourly }\nspec: .*\n/, 'kind: Team\nmetadata: { name: none }\nspec: {}\n'))],
  [/^the heartbeats are removed$/, async (world) => {
    edit(world, (all) => all.slice(0, all.indexOf('---\napiVersion: nines/v1\nkind: Heartbeat')));
    await world.restart();
  }],
  [/^(\S+) becomes today$/, async (world) => {
    edit(world, (all) => all.replaceAll('severity: critical', 'severity: today'));
    await world.restart();
  }],
  [/^nines stops$/, async (world) => {
    await world.process.jobs.stop();
    world.clock.forget();
  }],
  [/^nines starts$/, (world) => world.start()],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { part, steps, migrations: alertingMigrations });
