import type { MaintenanceJson, PreviewAnswer, SilenceJson } from '../../src/alerting/muting/contract.ts';

import type { World } from './world-base.ts';

type Context = { readonly world: Pick<World, 'silences' | 'maintenance'> };

const HOUR = 3_600_000;
const iso = (after: number): string => new Date(Date.now() + after).toISOString();

const silence = (given: Partial<SilenceJson>): SilenceJson => ({
  id: 'f3d1c0de-0000-4000-8000-000000000001',
  state: 'active',
  matchers: [
    { name: 'service', op: '=', value: 'store' },
    { name: 'alertname', op: '=~', value: 'SlowQueries|ReplicationLag' },
  ],
  startsAt: iso(-HOUR),
  endsAt: iso(1.4 * HOUR),
  recurring: null,
  nextChange: iso(1.4 * HOUR),
  reason: 'The store is moved to the new machine, slow until noon',
  createdBy: 'ben',
  createdAt: iso(-HOUR),
  updatedAt: iso(-HOUR),
  holds: 2,
  ...given,
});

const nights: SilenceJson['recurring'] = { days: ['saturday', 'sunday'], from: '02:00', to: '03:30', timeZone: 'Europe/Berlin' };

export const silences = (): SilenceJson[] => [
  silence({}),
  silence({ id: 'night', state: 'pending', recurring: nights, nextChange: iso(30 * HOUR), reason: 'Nightly copy of the links', holds: 0, endsAt: iso(700 * HOUR), matchers: [{ name: 'alertname', op: '=', value: 'DiskBusy' }] }),
  silence({ id: 'old', state: 'expired', reason: 'Load test of the shortener', holds: 0, endsAt: iso(-26 * HOUR), createdBy: 'ana', matchers: [{ name: 'env', op: '!=', value: 'production' }] }),
]; // prettier-ignore

const work = { startsAt: null, endsAt: null, recurring: null };
export const windows = (): MaintenanceJson[] => [
  { ...work, id: 'new-disks', state: 'active', services: ['links', 'visits'], startsAt: iso(-HOUR / 2), endsAt: iso(HOUR), nextChange: iso(HOUR), reason: 'New disks for the machines of the links', createdBy: 'ben' },
  { ...work, id: 'store-vacuum', state: 'pending', services: ['store'], recurring: { days: ['sunday'], from: '02:00', to: '03:30', timeZone: 'Europe/Berlin' }, nextChange: iso(60 * HOUR), reason: 'The tables are rewritten, queries wait', createdBy: null },
]; // prettier-ignore

const preview: PreviewAnswer = {
  now: {
    count: 2,
    alerts: [
      { fingerprint: 'a1', rule: 'LinksBudgetBurn', service: 'links', severity: 'critical', labels: {} },
      { fingerprint: 'a2', rule: 'LinksSlow', service: 'links', severity: 'today', labels: {} },
    ],
  },
  past: {
    from: iso(-7 * 24 * HOUR),
    of: 48,
    hidden: 9,
    complete: true,
    days: [
      { day: iso(0).slice(0, 10), hidden: 2, alerts: [{ rule: 'LinksBudgetBurn', service: 'links', times: 2 }] },
      { day: iso(-72 * HOUR).slice(0, 10), hidden: 7, alerts: [{ rule: 'LinksSlow', service: 'links', times: 7 }] },
    ],
  },
  warnings: [],
};

type Call = { id: string; body: Readonly<Record<string, unknown>> };
type Answer = [status: number, body?: unknown];

/** The parts of a matcher that was written as text. */
function matcherOf(text: unknown): SilenceJson['matchers'][number] {
  const [, name = 'alertname', op = '=', value = ''] = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(String(text)) ?? ['', 'alertname', '=', String(text)];
  return { name, op: op as '=', value };
}
const written = ({ body }: Call) => ({
  matchers: (body['matchers'] as unknown[]).map(matcherOf),
  reason: String(body['reason']),
  recurring: body['recurring'] as SilenceJson['recurring'],
  endsAt: typeof body['endsAt'] === 'string' ? body['endsAt'] : iso(2 * HOUR),
});
const found = <T extends object>(list: readonly T[], of: (one: T) => boolean, change: object): Answer => {
  const one = list.find(of);
  return one === undefined ? [404] : [200, Object.assign(one, change)];
};

/** What the server says of silences and maintenance, in every world. */
export const SILENCES = {
  'GET /nines/v1/silences': ({ world }: Context): Answer => [200, { silences: world.silences }],
  'GET /nines/v1/maintenance': ({ world }: Context): Answer => [200, { maintenance: world.maintenance }],
  'POST /nines/v1/silences/preview': (): Answer => [200, preview],
  'POST /nines/v1/silences': ({ world }: Context, call: Call): Answer => {
    const made = silence({ ...written(call), id: `made-${world.silences.length}`, createdBy: 'ana', holds: 0 });
    world.silences.unshift(made);
    return [201, { silence: made, warnings: [] }];
  },
  'PUT /nines/v1/silences/:id': ({ world }: Context, call: Call): Answer => found(world.silences, ({ id }) => id === call.id, written(call)),
  'POST /nines/v1/silences/:id/expire': ({ world }: Context, call: Call): Answer =>
    found(world.silences, ({ id }) => id === call.id, { state: 'expired', endsAt: iso(0) }),
  'POST /nines/v1/maintenance': ({ world }: Context, { body }: Call): Answer => {
    const times = { startsAt: iso(0), endsAt: iso(2 * HOUR), nextChange: iso(2 * HOUR) };
    const made: MaintenanceJson = { ...work, ...times, id: 'planned', state: 'active', services: body['services'] as string[], reason: String(body['reason']), createdBy: 'ana' };
    world.maintenance.unshift(made);
    return [201, made];
  },
  'POST /nines/v1/maintenance/:id/end': ({ world }: Context, call: Call): Answer =>
    found(world.maintenance, ({ id }) => id === call.id, { state: 'expired', endsAt: iso(0), nextChange: null }),
}; // prettier-ignore
