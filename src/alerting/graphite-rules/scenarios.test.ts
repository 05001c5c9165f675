/** Plays the time stories of scenarios/*.scenario: Graphite rules, and the pages that they make. */
import path from 'node:path';
import { beforeEach, expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import type { StoryPart, World } from '../../../test/harness/story/world.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS } from '../external/index.ts';
import { alertingMigrations } from '../migrations.ts';
import { createGraphiteRules, graphiteRuleKind } from './index.ts';

/** What Graphite answers now, by server. */
let servers = new Map<string, number>();
let away = false;
type Rules = ReturnType<typeof createGraphiteRules>;

const part: StoryPart = {
  kinds: [graphiteRuleKind],
  boot({ sql, clock, log, jobs, ledger, catalog, oncall, health }) {
    const store = createAlertStore(sql);
    const writer = new AlertWriter({ sql, ledger, store, sink: oncall.alertSink });
    const external = createExternalAlerts({ sql, clock, jobs, store, writer, limits: DEFAULT_EXTERNAL_LIMITS });
    const graphite = async () => {
      if (away) throw new Error('it is away');
      return [...servers].map(([name, value]) => ({ name: `servers.${name}.disk.free`, values: Float64Array.of(NaN, value, NaN) }));
    };
    const url = 'https://nines.example.org';
    // Stories leap from job to job: here a job takes the place of the timer.
    const still = { now: () => clock.now(), monotonic: () => clock.monotonic(), after: () => ({ cancel: () => undefined }) };
    const made = createGraphiteRules({ sql, clock: still, log, health, catalog, external, graphite, decides: () => true, url });
    jobs.handle('story.minute', {
      async run() {
        for (const { name } of made.list()) await made.evaluate(name);
        return { again: clock.now() + 60_000 };
      },
    });
    const start = async (): Promise<void> => {
      await made.start();
      await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'story.minute', key: 'all', runAt: clock.now() + 60_000 }));
    };
    return { ...made, start };
  },
};

beforeEach(() => {
  servers = new Map();
  away = false;
});

const rules = (world: World): Rules => world.process.part as Rules;

const steps: [RegExp, Step][] = [
  [/^graphite has (\S+) at (\S+)$/, (_, [, server, value]) => void servers.set(server!, Number(value))],
  [/^graphite has nothing of (\S+)$/, (_, [, server]) => void servers.delete(server!)],
  [/^graphite (goes away|is back)$/, (_, [, what]) => void (away = what === 'goes away')],
  [/^(\S+) is forgotten$/, async (world, [, series]) => {
    await rules(world).forget('disk-free', series!);
    await world.settle();
  }],
  [/^the rule is removed$/, async (world) => {
    world.set = world.read(world.documents.slice(0, world.documents.indexOf('---\napiVersion: nines/v1\nkind: GraphiteRule')));
    await rules(world).stop();
    await world.restart();
  }],
  [/^expect the subject is (.*)$/, async (world, [, subject]) => expect(await world.lastPage()).toMatchObject({ subject })],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), {
  part,
  steps,
  migrations: alertingMigrations,
});
