/** Plays the time stories of scenarios/*.scenario: who is on call when, as pages and people see it. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import { seen } from '../../../test/harness/story/steps.ts';
import type { World } from '../../../test/harness/story/world.ts';
import { catalogKinds, checkDocuments } from '../../catalog/index.ts';
import type { OnCallNow, Shift } from '../contract.ts';
import { oncallKinds } from '../index.ts';
import type { OverrideAnswer, SwapJson } from './contract.ts';

/** What was last made, for the lines that speak of it. */
const lastOverride = new WeakMap<World, OverrideAnswer>();

const principalOf = (person: string) => ({ kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' }) as const; // prettier-ignore

async function override(world: World, person: string, schedule: string, body: Record<string, unknown>): Promise<void> {
  const request = { params: { name: schedule }, body: { layer: 'primary', reason: '', ...body }, principal: principalOf(person) };
  const answer = (await world.request('POST', '/nines/v1/schedules/:name/overrides', request)) as { body: OverrideAnswer };
  lastOverride.set(world, answer.body);
}

const lastSwap = new WeakMap<World, SwapJson>();

async function answerSwap(world: World, person: string, verb: string): Promise<void> {
  const request = { params: { id: lastSwap.get(world)!.id }, principal: principalOf(person) };
  lastSwap.set(world, (await world.request('POST', `/nines/v1/swaps/:id/${verb}`, request)) as SwapJson);
}

/** The documents with another of a kind and name, or one more. */
function withDocument(world: World, kind: string, name: string, spec: string): void {
  const others = world.documents.split('---\n').filter((text) => !(text.includes(`kind: ${kind}\n`) && text.includes(`name: ${name}`)));
  const text = [...others, `apiVersion: nines/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`].join('---\n');
  const { set, problems } = checkDocuments(
    [{ file: 'team.yaml', text }],
    { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] },
    world.clock.now(),
  );
  // Some stories are about a gap, which the check refuses.
  expect(problems.filter(({ severity, message }) => severity === 'error' && !message.startsWith('nobody is on call from'))).toEqual([]);
  world.set = set;
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
  [/^(\S+) offers (\S+) from (\S+) to (\S+) to (\S+)(?: for (\S+) to (\S+))?$/, async (world, [, person, schedule, from, to, other, backFrom, backTo]) => {
    const back = backFrom === undefined ? {} : { back: { from: backFrom, to: backTo! } };
    const body = { schedule, layer: 'primary', to: other, give: { from, to }, note: '', ...back };
    const answer = (await world.request('POST', '/nines/v1/swaps', { body, principal: principalOf(person!) })) as { body: SwapJson };
    lastSwap.set(world, answer.body);
  }],
  [/^(\S+) (accepts|declines) the swap$/, (world, [, person, verb]) => answerSwap(world, person!, verb!.slice(0, -1))],
  [/^(\S+) takes the offer back$/, (world, [, person]) => answerSwap(world, person!, 'cancel')],
  [/^expect (\S+) can't accept the swap: (.*)$/, async (world, [, person, why]) => {
    await expect(answerSwap(world, person!, 'accept')).rejects.toThrow(why!);
  }],
  [/^expect the swap is (\S+)$/, async (world, [, state]) => {
    const { swaps } = (await world.request('GET', '/nines/v1/swaps', { query: {} })) as { swaps: SwapJson[] };
    expect(swaps[0]?.state).toBe(state);
  }],
  [/^the (Schedule|Calendar) (\S+) is (.*)$/, (world, [, kind, name, spec]) => withDocument(world, kind!, name!, spec!)],
  [/^expect the warning (.*)$/, (world, [, text]) => expect(lastOverride.get(world)?.warnings).toContain(text)],
  [/^expect (\S+) is (?:on call|(primary|secondary)) for (\S+)$/, async (world, [, person, layer, schedule]) => {
    const now = (await world.request('GET', '/nines/v1/oncall/now', { query: {} })) as OnCallNow;
    const found = now.schedules.find((one) => one.schedule === schedule);
    expect(found?.[layer === 'secondary' ? 'secondary' : 'primary']?.name ?? 'nobody').toBe(person);
  }],
  [/^expect (\S+) is (primary|secondary) for (\S+) at (\S+)$/, async (world, [, person, layer, name, at]) => {
    const query = { from: at!, to: new Date(Date.parse(at!) + 1_000).toISOString() };
    const { shifts } = (await world.request('GET', '/nines/v1/schedules/:name/shifts', { params: { name: name! }, query })) as { shifts: Shift[] };
    expect(shifts[0]?.[layer as 'primary']?.name ?? 'nobody').toBe(person);
  }],
  [/^expect (schedule|shadow|beside|gap) to (\S+) by (\S+)(?: saying (.*))?$/, (world, [, reason, person, channel, text]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    expect(`${found!.subject}\n${found!.text}`).toContain(text ?? '');
    found!.expected = true;
  }],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { steps: SCHEDULE_STEPS });
