/** Plays the time stories of scenarios/*.scenario: who is on call when, as pages and people see it. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import { seen } from '../../../test/harness/story/steps.ts';
import type { World } from '../../../test/harness/story/world.ts';
import type { OnCallNow } from '../contract.ts';
import type { OverrideAnswer } from './contract.ts';

/** What was last made, for the lines that speak of it. */
const lastOverride = new WeakMap<World, OverrideAnswer>();

const principalOf = (person: string) => ({ kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' }) as const; // prettier-ignore

async function override(world: World, person: string, schedule: string, body: Record<string, unknown>): Promise<void> {
  const request = { params: { name: schedule }, body: { layer: 'primary', reason: '', ...body }, principal: principalOf(person) };
  const answer = (await world.request('POST', '/nines/v1/schedules/:name/overrides', request)) as { body: OverrideAnswer };
  lastOverride.set(world, answer.body);
}

/** What stories of schedules can say beside what every story can. */
const SCHEDULE_STEPS: [RegExp, Step][] = [
  [/^(\S+) takes (\S+) for (\S+)$/, (world, [, person, schedule, duration]) => override(world, person!, schedule!, { for: duration })],
  [/^(\S+) hands (\S+) to (\S+)(?: as (\S+))? from (\S+) to (\S+)$/, (world, [, person, schedule, other, layer = 'primary', from, to]) =>
    override(world, person!, schedule!, { person: other, layer, from, to })],
  [/^(\S+) takes the override back$/, async (world, [, person]) => {
    const { id, schedule } = lastOverride.get(world)!.override;
    await world.request('DELETE', '/nines/v1/schedules/:name/overrides/:id', { params: { name: schedule, id: id! }, principal: principalOf(person!) });
  }],
  [/^expect the warning (.*)$/, (world, [, text]) => expect(lastOverride.get(world)?.warnings).toContain(text)],
  [/^expect (\S+) is (?:on call|(primary|secondary)) for (\S+)$/, async (world, [, person, layer, schedule]) => {
    const now = (await world.request('GET', '/nines/v1/oncall/now', { query: {} })) as OnCallNow;
    const found = now.schedules.find((one) => one.schedule === schedule);
    expect(found?.[layer === 'secondary' ? 'secondary' : 'primary']?.name ?? 'nobody').toBe(person);
  }],
  [/^expect (schedule|shadow|gap) to (\S+) by (\S+)(?: saying (.*))?$/, (world, [, reason, person, channel, text]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    expect(`${found!.subject}\n${found!.text}`).toContain(text ?? '');
    found!.expected = true;
  }],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { steps: SCHEDULE_STEPS });
