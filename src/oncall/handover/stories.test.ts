/** Plays the time stories of hand-overs. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import type { Step } from '../../../test/harness/story/steps.ts';

const as = (person: string) => ({ kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' }) as const;

const steps: [RegExp, Step][] = [
  [
    /^hand-overs are announced$/,
    async (world) => {
      world.announce = ['handovers'];
      await world.restart();
    },
  ],
  [/^nines is stopped$/, (world) => world.process.jobs.stop()],
  [
    /^(\S+) notes for (\S+): (.*)$/,
    async (world, [, person, name, text]) => {
      const request = { params: { name: name! }, body: { text: text! }, principal: as(person!) };
      await world.request('POST', '/nines/v1/schedules/:name/notes', request);
    },
  ],
  [
    /^resolved by hand: (\S+) because (.*)$/,
    async (world, [, person, reason]) => {
      const { pages } = (await world.request('GET', '/nines/v1/pages', { query: { limit: 50 } as never })) as {
        pages: { id: string; severity: string }[];
      };
      const id = pages.find(({ severity }) => severity === 'critical')!.id;
      await world.request('POST', '/nines/v1/pages/:id/resolve', { params: { id }, body: { reason }, principal: as(person!) });
    },
  ],
  [
    /^expect schedule to (\S+) by email$/,
    (world, [, person]) => {
      const found = world.sent.find(
        (one) => !one.expected && one.reason === 'schedule' && one.person === person && one.at === world.clock.now(),
      );
      expect(found, 'expected now').toBeDefined();
      found!.expected = true;
    },
  ],
  [/^expect the last message says (.*)$/, (world, [, text]) => expect(world.sent.at(-1)?.text).toContain(text)],
];

playStories(path.join(import.meta.dirname, 'scenarios'), { steps });
