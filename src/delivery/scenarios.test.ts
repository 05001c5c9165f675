/** Plays the time stories of scenarios/*.scenario: providers that fail, storms, and processes that die. */
import path from 'node:path';
import { sql as template } from 'kysely';
import { expect } from 'vitest';
import { playStories } from '../../test/harness/story/play-stories.ts';
import { seen, type Step } from '../../test/harness/story/steps.ts';
import type { World } from '../../test/harness/story/world.ts';
import type { Severity } from '../catalog/contract.ts';
import type { Outcome } from './channels/channel.ts';

const down = (more: Partial<Extract<Outcome, { kind: 'failed' }>> = {}): Outcome => ({
  kind: 'failed',
  error: 'no route',
  channelDown: true,
  ...more,
});

const query = async <T>(world: World, text: string): Promise<T[]> => (await template.raw<T>(text).execute(world.process.sql.db())).rows;

const fail = (world: World, names: readonly string[], severity: Severity): Promise<void> =>
  world.alerts(
    'firing',
    names.map((service) => ({
      fingerprint: service,
      rule: 'errors',
      group: 'rules',
      severity,
      service,
      labels: { alertname: 'errors' },
      annotations: { summary: `Restart ${service}` },
      value: 1,
      expr: 'errors > 0',
      activeAt: world.clock.now(),
      firedAt: world.clock.now(),
      resolvedAt: null,
    })),
  );

const acknowledge = async (world: World, pages: readonly { id: string }[]): Promise<void> => {
  for (const { id } of pages) await world.process.oncall.pages.acknowledge(id, { actor: 'person:ana', name: 'ana' });
};

const steps: [RegExp, Step][] = [
  [/^(\S+) is down$/, (world, [, name]) => void world.trouble.set(name!, down())],
  [/^(\S+) hangs$/, (world, [, name]) => void world.trouble.set(name!, down({ error: 'no answer within 10 s' }))],
  [/^(\S+) asks for (\d+) seconds$/, (world, [, name, seconds]) => void world.trouble.set(name!, down({ error: '429 Too Many Requests', retryAfterMs: Number(seconds) * 1000 }))],
  [/^(email|mail-\d) works again$/, (world, [, name]) => void world.trouble.delete(name!)],
  [/^there are two mail servers$/, (world) => {
    world.mailServers = 2;
    return world.restart();
  }],
  [/^(\d+) services fail(?: as (critical|today))?$/, (world, [, count, severity = 'critical']) =>
    fail(world, Array.from({ length: Number(count) }, (_, i) => `service-${i}`), severity as Severity)],
  [/^service (\S+) fails$/, (world, [, name]) => fail(world, [name!], 'critical')],
  [/^expect (\d+) messages (\S+) to (\S+) by (\S+)$/, (world, [, count, reason, person, channel]) => {
    const found = world.sent.filter((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found.length, seen(world)).toBe(Number(count));
    for (const one of found) one.expected = true;
  }],
  [/^expect a bundle of (\d+) to (\S+) by (\S+) that says (.*?)( again)?$/, (world, [, count, person, channel, says, again]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === 'bundle' && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, seen(world)).toBeDefined();
    expect(found!.subject.split(':')[0]).toBe(says);
    expect(found!.data).toMatchObject({ bundle: { untold: Number(count) } });
    const twin = world.sent.some((one) => one.expected && one.key === found!.key);
    expect(twin, 'the key of an earlier message').toBe(again !== undefined);
    found!.expected = true;
  }],
  [/^expect provider email is (open|closed)$/, async (world, [, state]) => {
    const rows = await query<{ state: string }>(world, `select state from delivery_breakers where channel = 'email'`);
    expect(rows.map((row) => row.state)).toEqual(state === 'closed' ? [] : ['open']);
  }],
  [/^expect the ledger says (.*)$/, async (world, [, text]) => {
    const { events } = await world.process.ledger.read({ kind: 'delivery.*' });
    expect(events.map(({ title }) => title)).toContain(text);
  }],
  [/^expect the last message went by (\S+) after (\d+) attempts$/, async (world, [, provider, attempts]) => {
    const rows = await query(world, 'select provider, attempts from deliveries order by id desc limit 1');
    expect(rows).toEqual([{ provider, attempts: Number(attempts) }]);
  }],
  [/^expect (\d+) attempts? by (\S+)$/, async (world, [, count, channel]) => {
    const rows = await query(world, `select 1 from delivery_attempts join deliveries on id = delivery where channel = '${channel}'`);
    expect(rows).toHaveLength(Number(count));
  }],
  [/^expect each of (\d+) pages was told$/, async (world, [, count]) => {
    const rows = await query<{ state: string }>(world, `select state from deliveries where about like 'page/%'`);
    expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: Number(count) }, () => 'sent'));
  }],
  [/^(\d+) pages that were not told are acknowledged$/, async (world, [, count]) => {
    await acknowledge(world, await query(world, `select substr(about, 6) as id from deliveries where bundle is not null limit ${count}`));
  }],
  [/^everything is acknowledged$/, async (world) => acknowledge(world, await query(world, `select id from pages where state = 'triggered'`))],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { steps });
