/** Plays the time stories of readiness. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';
import type { World } from '../../../test/harness/story/world.ts';
import type { ReadinessAnswer } from './contract.ts';

const as = (person: string) => ({ kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' }) as const;
const expectSent = (world: World, reason: string, person: string, channel: string): void => {
  const found = world.sent.find(
    (one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now(),
  );
  expect(found, `expected now: ${reason} to ${person} by ${channel}`).toBeDefined();
  found!.expected = true;
};
const readiness = async (world: World, person: string) =>
  ((await world.request('GET', '/nines/v1/oncall/ready', { query: {} })) as ReadinessAnswer).people.find((one) => one.person === person);
const lastCheck = (world: World, person: string) => world.sent.findLast((one) => one.person === person && one.reason === 'contact-check');

const steps: [RegExp, Step][] = [
  [
    /^warnings are sent$/,
    async (world) => {
      world.announce = ['readiness'];
      await world.restart();
    },
  ],
  [
    /^(\S+) asks for a check of (\S+)$/,
    async (world, [, by, person]) => {
      await world.request('POST', '/nines/v1/oncall/ready/:person/check', { params: { person: person! }, principal: as(by!) });
    },
  ],
  [
    /^(\S+) presses the button$/,
    async (world, [, person]) => {
      const secret = lastCheck(world, person!)!.action!.url.split('/').at(-1)!;
      await world.request('GET', '/v/:secret', { params: { secret } });
      expect((await readiness(world, person!))?.ready, 'looking proves nothing').toBe(false);
      await world.request('POST', '/v/:secret', { params: { secret } });
    },
  ],
  [
    /^(\S+) types (the code|a wrong code)$/,
    async (world, [, person, which]) => {
      const code = /\d{6}/.exec(lastCheck(world, person!)!.subject)![0];
      const wrong = code === '000000' ? '000001' : '000000';
      const typed = world.request('POST', '/nines/v1/oncall/ready/:person/verify', {
        params: { person: person! },
        body: { code: which === 'the code' ? code : wrong },
        principal: as(person!),
      });
      if (which === 'the code') await typed;
      else await expect(typed).rejects.toThrow('The code is wrong, or over');
    },
  ],
  [/^(\S+)'s code is refused$/, async (world, [, person]) => {
    const code = /\d{6}/.exec(lastCheck(world, person!)!.subject)![0];
    const typed = world.request('POST', '/nines/v1/oncall/ready/:person/verify', { params: { person: person! }, body: { code }, principal: as(person!) });
    await expect(typed).rejects.toThrow('The code is wrong, or over');
  }], // prettier-ignore
  [/^expect (\S+) is ready$/, async (world, [, person]) => expect((await readiness(world, person!))?.problem).toBe(null)],
  [
    /^expect (\S+) is not ready: (.*)$/,
    async (world, [, person, why]) => expect((await readiness(world, person!))?.problem).toContain(why),
  ],
  [/^expect check to (\S+) by (\S+)$/, (world, [, person, channel]) => expectSent(world, 'contact-check', person!, channel!)],
  [/^expect warning to (\S+) by (\S+)$/, (world, [, person, channel]) => expectSent(world, 'schedule', person!, channel!)],
];

playStories(path.join(import.meta.dirname, 'scenarios'), { steps });
