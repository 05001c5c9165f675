/** Plays the stories of the weekly review: what fired, who is told of it on Monday, and what they answer. */
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import { seen, type Step } from '../../../test/harness/story/steps.ts';
import type { StoryPart, World } from '../../../test/harness/story/world.ts';
import type { Route } from '../../platform/http/index.ts';
import type { Review } from './contract.ts';
import { createReviewJob, reviewMigrations, reviewRoutes } from './index.ts';

let routes: readonly Route[] = [];
let now: Parameters<StoryPart['boot']>[0];
const part: StoryPart = {
  kinds: [],
  boot(process) {
    now = process;
    routes = reviewRoutes(process);
    return createReviewJob({ ...process, url: 'https://nines.example.org', tellAt: '09:00' });
  },
};

const call = async (method: string, request: object): Promise<unknown> => {
  const route = routes.find((one) => one.method === method)!;
  return route.handler({ ...request, ...(route.body && 'body' in request && { body: route.body.parse(request.body) }) } as never);
};
const review = async (team: string | undefined): Promise<Review> => (await call('GET', { query: { team } })) as Review;

/** The alert is written into the ledger, as alerting does, and told to on-call. */
const alert: Step = async (world, [, name, verb, service = 'shop', severity = 'critical']) => {
  const kind = verb === 'fires' ? 'firing' : 'resolved';
  const data = { rule: name, severity, labels: {}, annotations: { summary: `Restart ${service}` } };
  await now.sql.transaction((tx) => now.ledger.append(tx, [{ kind: `alert.${kind}`, title: name!, actor: 'nines', service, subject: `alert/${name}-0`, data }]));
  const paged = { fingerprint: `${name}-0`, rule: name!, group: 'g', severity: severity as 'critical', service, labels: {}, annotations: { summary: `Restart ${service}` }, value: 1, expr: 'up == 0', activeAt: world.clock.now(), firedAt: world.clock.now(), resolvedAt: null };
  await world.alerts(kind, [paged]);
}; // prettier-ignore

const last = (world: World) => world.sent.findLast(({ reason }) => reason === 'review');

const steps: [RegExp, Step][] = [
  [/^rule (\S+) (fires|resolves)(?: for (\S+))?(?: as (critical|today|eventually))?$/, alert],
  [/^expect review to (\S+)( again)?$/, (world, [, person, again]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === 'review' && one.person === person && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    expect(world.sent.some((one) => one !== found && one.expected && one.key === found!.key), 'the key of an earlier message').toBe(again !== undefined);
    found!.expected = true;
  }],
  [/^expect the review says (.*)$/, (world, [, text]) => expect(last(world)?.text).toContain(text)],
  [/^expect its subject is (.*)$/, (world, [, text]) => expect(last(world)?.subject).toBe(text)],
  [/^ignore all pages$/, (world) => world.sent.forEach((one) => void (one.expected ||= one.reason !== 'review'))],
  [/^(\S+) answers (\S+) of (\S+) for (\S+) in (\S+): (yes|no|nothing)(?:, (.*))?$/, async (_, [, person, question, rule, service, week, answer, note = '']) => {
    const principal = { kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' };
    await call('PUT', { body: { week, rule, service, question, answer: answer === 'nothing' ? null : answer, note }, principal });
  }],
  [/^expect the review of (\S+) has (\d+) alerts?, (\d+) reviewed$/, async (_, [, team, alerts, reviewed]) => {
    const found = await review(team);
    expect([found.alerts.length, found.reviewed]).toEqual([Number(alerts), Number(reviewed)]);
  }],
  [/^expect (\S+) of (\S+) was answered (.*)$/, async (_, [, question, rule, what]) => {
    const answers = (await review(undefined)).alerts.find((one) => one.rule === rule)?.answers ?? [];
    const found = answers.find((one) => one.question === question);
    expect(found === undefined ? 'nothing' : [found.answer, found.note, `by ${found.by}`].filter(Boolean).join(' ')).toBe(what);
  }],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { part, migrations: reviewMigrations, steps });
