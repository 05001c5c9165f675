import type { Severity } from '../catalog/contract.ts';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import type { PageState, PageTransition } from '../oncall/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Principal, Reply, RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import type { Problem } from '../platform/problem.ts';
import { createIncidents, incidentsMigrations } from './index.ts';

const DAY = '2026-11-21T';
const at = (time: string): number => Date.parse(`${DAY}${time}:00Z`);
const clockTime = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

const bound = (clock: VirtualClock): Pick<Clock, 'now' | 'monotonic'> => ({ now: () => clock.now(), monotonic: () => clock.monotonic() });

const document = (kind: string, name: string, spec: object) => ({ kind, name, title: name, labels: {}, file: null, spec });
const documents = createResourceSet([
  document('Service', 'checkout', { owner: 'payments', dependsOn: ['store'] }),
  document('Service', 'store', { owner: 'payments', dependsOn: [] }),
  document('Service', 'shop', { owner: 'payments', dependsOn: ['checkout'] }),
  document('Service', 'blog', { owner: 'payments', dependsOn: [] }),
  document('Team', 'payments', { members: ['cleo'] }),
  document('Person', 'ana', { email: 'ana@example.com', contacts: [] }),
  document('Person', 'ben', { email: 'ben@example.com', contacts: [{ channel: 'webhook', address: 'https://hook.example/ben' }] }),
  document('Person', 'cleo', { email: 'cleo@example.com', contacts: [] }),
]);

async function setUp(start: number) {
  const database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...incidentsMigrations]);
  const clock = new VirtualClock(start);
  const { sql } = database;
  const ledger = createLedger({ sql, clock });
  // All that happens in a story happens on a minute: the queue need not look more often.
  const minutely: Clock = { ...bound(clock), after: (ms, run) => clock.after(ms === 5_000 ? 60_000 : ms, run) };
  const jobs = createJobs({ sql, clock: minutely, log: silentLog });
  const heard: string[] = [];
  const incidents = createIncidents({
    sql,
    clock,
    ledger,
    jobs,
    catalog: { current: () => documents, onChange: () => undefined },
    settings: { url: 'https://nines.example/' },
    delivery: {
      send: async (tx, messages) =>
        tx.afterCommit(() => {
          const sent = messages.map(({ address, person, subject, reason }) => {
            const to = reason === 'incident-update' || reason === 'incident-all-clear' ? address : person;
            return `${clockTime(clock.now())} to ${to}: ${subject}`;
          });
          heard.push(...sent.sort());
        }),
      about: async () => [],
    },
    emailOfAccount: async (_, name) => (name === 'olga' ? 'olga@example.org' : null),
  });
  incidents.onAllClear({
    cleared: async (tx, { number }) => tx.afterCommit(() => void heard.push(`${clockTime(clock.now())} cleared ${number}`)),
  });
  ledger.subscribe(({ kind, time, actor, title }) =>
    heard.push(`${time.slice(11, 16)} ${kind.replace('incident.', '')} by ${actor}: ${title}`),
  );
  const call = async (method: string, path: string, who: string, params: Record<string, string>, body: unknown): Promise<unknown> => {
    const found = incidents.routes.find((one) => one.method === method && one.path === `/nines/v1/incidents${path}`)!;
    const principal: Principal = { kind: 'account', actor: `person:${who}`, name: who, person: who, role: 'responder' };
    const request = { params, query: { limit: 50 }, body, principal } as unknown as RouteRequest<never, never, never>;
    const answer = await found.handler(request);
    return (answer as Reply).reply ? (answer as Reply).body : answer;
  };
  return { database, sql, clock, jobs, incidents, heard, call };
}

type World = Awaited<ReturnType<typeof setUp>>;

/** The pages of a story, as oncall would tell of them. */
function pageDesk({ sql, incidents, clock }: World) {
  const pages = new Map<string, PageState>();
  const tell = async (id: string, change: Partial<PageState>, transition: PageTransition, actor = 'nines'): Promise<void> => {
    const page = { ...pages.get(id), ...change } as PageState;
    pages.set(id, page);
    // Twice: what is told again after a crash must change nothing.
    for (let i = 0; i < 2; i++) await sql.transaction((tx) => incidents.pageSink.changed(tx, page, transition, actor));
  };
  return {
    trigger(id: string, severity: Severity, service: string, beganAt: number) {
      const alerts = [{ fingerprint: `f-${id}`, resolvedAt: null, state: 'firing' } as PageState['alerts'][number]];
      const fresh = { id, severity, service, beganAt, alerts, subject: `Fix ${service}`, triggeredAt: clock.now() };
      return tell(id, { ...fresh, state: 'triggered', acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null }, 'triggered');
    },
    acknowledge: (id: string, who: string) =>
      tell(id, { state: 'acknowledged', acknowledgedAt: clock.now(), acknowledgedBy: who }, 'acknowledged', `person:${who}`),
    grow: (id: string) => tell(id, {}, 'grown'),
    resolve(id: string, resolvedAt: number) {
      const alerts = pages.get(id)!.alerts.map((alert) => ({ ...alert, resolvedAt, state: 'resolved' as const }));
      return tell(id, { state: 'resolved', alerts, resolvedAt: clock.now() }, 'resolved');
    },
  };
}

/** `command a "b c"` → ['command', 'a', 'b c'] */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

async function perform(world: World, pages: ReturnType<typeof pageDesk>, [command = '', ...args]: string[]): Promise<void> {
  const [a = '', b = '', c = '', d = '', e = ''] = args;
  const post = (path: string, who: string, body: unknown) => world.call('POST', path, who, { id: a }, body);
  const commands: Record<string, () => Promise<unknown>> = {
    '': async () => undefined,
    page: () => pages.trigger(a, b as 'critical', c, at(e)),
    acknowledge: () => pages.acknowledge(a, b),
    grow: () => pages.grow(a),
    resolve: () => pages.resolve(a, at(c)),
    declare: () => post('', a, { title: c, services: [b], severity: 'critical' }),
    join: () => post('/:id/join', b, undefined),
    note: () => post('/:id/notes', b, { text: c }),
    update: () => post('/:id/updates', b, { text: c }),
    handover: () => post('/:id/roles', b, { role: c, person: d }),
    allclear: () => post('/:id/all-clear', b, c === 'force' ? { text: '', force: true } : { text: c, force: false }),
  };
  if (commands[command] === undefined) throw new Error(`no such command: ${command}`);
  await commands[command]();
}

/** Plays a story: `HH:MM command`, and below it all that is heard (`>`) or refused (`!`) from then until the next line. */
async function play(text: string): Promise<{ expected: string; actual: string }> {
  const world = await setUp(at(/^\d\d:\d\d/m.exec(text)?.[0] ?? '00:00'));
  await using _ = world.database;
  const pages = pageDesk(world);
  const settle = () => world.jobs.idle();
  await world.jobs.start();
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const actual: string[] = [];
  for (const line of lines.filter((one) => /^\d/.test(one))) {
    const [, time = '', command = ''] = /^(\d\d:\d\d) ?(.*)$/.exec(line)!;
    await world.clock.advance(at(time) - world.clock.now(), settle);
    await perform(world, pages, words(command)).catch((error: unknown) => {
      const { status, message } = error as Problem;
      const expected = lines[lines.indexOf(line) + 1] ?? '';
      const said = `      ! ${status} ${message}`;
      world.heard.push(said.startsWith(expected) ? expected : said);
    });
    await settle();
    actual.push(line, ...world.heard.splice(0).map((one) => (one.startsWith(' ') ? one : `      > ${one}`)));
  }
  await world.jobs.stop();
  return { expected: lines.join('\n'), actual: actual.join('\n') };
}

const folder = new URL('scenarios/', import.meta.url);
test.each(fs.readdirSync(folder))(
  '%s',
  async (file) => {
    const { expected, actual } = await play(fs.readFileSync(new URL(file, folder), 'utf8'));
    expect(actual).toBe(expected);
  },
  60_000,
);
