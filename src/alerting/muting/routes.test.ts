/** The routes over the real database: silences made, shown, changed, ended and previewed; maintenance; what is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import type { Reply, RouteRequest } from '../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { alertingMigrations } from '../migrations.ts';
import type { PreviewAnswer, SilenceJson } from './contract.ts';
import { createMuting } from './index.ts';

const START = Date.parse('2026-11-24T10:00:00Z');
let database: TestSql;
let world: ReturnType<typeof boot>;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations]);
  world = boot();
});
afterAll(() => database[Symbol.asyncDispose]());

function boot() {
  const clock = new VirtualClock(START);
  const { sql } = database;
  const ledger = createLedger({ sql, clock });
  const shop = { kind: 'Service', name: 'shop', title: 'Shop', labels: {}, spec: { dependsOn: [] } as never, file: null };
  const catalog = { current: () => createResourceSet([shop], 1), onChange: () => undefined };
  const jobs = createJobs({ sql, clock, log: silentLog });
  const muting = createMuting({ sql, clock, log: silentLog, jobs, ledger, catalog, sink: { changed: async () => undefined } });
  const principal = { kind: 'account', actor: 'person:ana', name: 'ana', person: 'ana', role: 'responder' } as const;
  const call = async (method: string, path: string, body: object = {}, params: object = {}): Promise<never> => {
    const route = muting.routes.find((one) => one.method === method && one.path === path)!;
    const read = route.body === undefined ? body : route.body.parse(body);
    const answer: unknown = await route.handler({ body: read, params, query: { limit: 200 }, principal } as unknown as RouteRequest<never, never, never>);
    return ((answer as Reply).body ?? answer) as never;
  }; // prettier-ignore
  return { clock, ledger, sql, call, muting };
}

const create = (body: object): Promise<{ silence: SilenceJson; warnings: string[] }> => world.call('POST', '/nines/v1/silences', body);

test('a silence is made, changed and expired; the list says what is in force', async () => {
  const { silence, warnings } = await create({ matchers: ['service=shop', { name: 'env', op: '=~', value: 'prod|stage' }], duration: '2h', reason: 'Deploy' });
  expect(silence).toMatchObject({ state: 'active', createdBy: 'ana', endsAt: '2026-11-24T12:00:00.000Z', holds: 0, matchers: [{ name: 'service' }, { op: '=~' }] });
  expect(warnings).toEqual([]);
  const put = { matchers: ['service=shop'], endsAt: '2026-11-24T13:00:00+01:00', startsAt: '2026-11-24T11:00:00Z', reason: 'Later' };
  const changed: { silence: SilenceJson } = await world.call('PUT', '/nines/v1/silences/:id', put, { id: silence.id });
  expect(changed.silence).toMatchObject({ id: silence.id, state: 'pending', endsAt: '2026-11-24T12:00:00.000Z', nextChange: '2026-11-24T11:00:00.000Z' });
  const over: { silence: SilenceJson } = await world.call('POST', '/nines/v1/silences/:id/expire', {}, { id: silence.id });
  expect(over.silence).toMatchObject({ state: 'expired' });
  await expect(world.call('PUT', '/nines/v1/silences/:id', put, { id: silence.id })).rejects.toThrow('make a new one');
  const { events } = await world.ledger.read({ kind: 'silence.*' });
  expect(events.map(({ kind }) => kind)).toEqual(['silence.created', 'silence.changed', 'silence.expired']);
}); // prettier-ignore

test.each<[string, object, string]>([
  ['no end', {}, 'endsAt'],
  ['an end in the past', { endsAt: '2026-11-24T09:00:00Z' }, 'in the future'],
  ['an end before the beginning', { startsAt: '2026-11-25T00:00:00Z', endsAt: '2026-11-24T20:00:00Z' }, 'before it begins'],
  ['no matcher', { matchers: ['a b'], duration: '1h' }, "'a b' is no matcher"],
  ['an expression that is none', { matchers: ['a=~"("'], duration: '1h' }, 'not closed'],
  ['a blank reason', { reason: '  ', duration: '1h' }, 'reason'],
  ['an unknown zone', { duration: '1d', recurring: { from: '01:00', to: '02:00', timeZone: 'Berlin' } }, 'Europe/Berlin'],
  ['hours that never come', { duration: '1h', recurring: { days: ['monday'], from: '01:00', to: '02:00', timeZone: 'UTC' } }, 'None of its recurring'],
])('refused: %s', async (_, body, problem) => {
  await expect(create({ matchers: ['service=shop'], reason: 'x', ...body })).rejects.toThrow(problem);
}); // prettier-ignore

test('a silence of everything is made, and warned of', async () => {
  const { warnings, silence } = await create({ matchers: ['alertname=~".+"'], duration: '1h', reason: 'Move' });
  expect(warnings.join()).toContain('nobody is called for anything');
  await world.call('POST', '/nines/v1/silences/:id/expire', {}, { id: silence.id });
});

test('the preview counts what it would have hidden, by day, and only within its hours', async () => {
  const event = (time: string, rule: string, service: string) => ({ kind: 'alert.firing', title: rule, actor: 'nines', time: Date.parse(time), service, data: { rule, severity: 'critical', labels: { alertname: rule } } });
  await world.sql.transaction((tx) =>
    world.ledger.append(tx, [event('2026-11-20T02:30Z', 'Slow', 'shop'), event('2026-11-20T12:00Z', 'Slow', 'shop'), event('2026-11-22T02:10Z', 'Down', 'shop'), event('2026-11-22T02:15Z', 'Down', 'mail'), event('2026-11-10T02:15Z', 'Down', 'shop')]),
  );
  const all: PreviewAnswer = await world.call('POST', '/nines/v1/silences/preview', { matchers: ['service=shop'] });
  expect(all.past).toMatchObject({ of: 4, hidden: 3, complete: true });
  expect(all.past.days).toEqual([
    { day: '2026-11-22', hidden: 1, alerts: [{ rule: 'Down', service: 'shop', times: 1 }] },
    { day: '2026-11-20', hidden: 2, alerts: [{ rule: 'Slow', service: 'shop', times: 2 }] },
  ]);
  const nights = { matchers: ['service=shop'], recurring: { from: '03:00', to: '04:00', timeZone: 'Europe/Berlin' } };
  const some: PreviewAnswer = await world.call('POST', '/nines/v1/silences/preview', nights);
  expect(some.past.hidden).toBe(2);
}); // prettier-ignore

test('maintenance is planned for services that there are, and ended', async () => {
  const path = '/nines/v1/maintenance';
  await expect(world.call('POST', path, { services: ['shpo'], duration: '1h', reason: 'x' })).rejects.toThrow("no service 'shpo'");
  const window: { id: string } = await world.call('POST', path, { services: ['shop'], duration: '1h', reason: 'Vacuum' });
  expect(window).toMatchObject({ state: 'active', services: ['shop'], createdBy: 'ana' });
  expect(await world.call('POST', `${path}/:id/end`, {}, { id: window.id })).toMatchObject({ state: 'expired' });
  expect(await world.call('GET', path)).toMatchObject({ maintenance: [{ id: window.id, state: 'expired' }] });
});

test('objectives hear of the minutes of maintenance, of documents and of windows', async () => {
  const path = '/nines/v1/maintenance';
  await world.call('POST', path, {
    services: ['shop'],
    startsAt: '2026-11-24T12:00:30Z',
    endsAt: '2026-11-24T12:10:00Z',
    reason: 'Vacuum',
  });
  const planned = await world.muting.maintenance.minutes();
  const at = (time: string): number => Date.parse(`2026-11-24T${time}:00Z`);
  const minutes = ['11:59', '12:00', '12:09', '12:10', '12:05'];
  expect(minutes.map((time) => planned('shop', at(time)))).toEqual([false, true, true, false, true]);
  expect(planned('mail', at('12:05'))).toBe(false);
});
