/**
 * Plays the time stories of scenarios/*.scenario: plain text, a virtual clock, the real embedded PostgreSQL, the real
 * queue, and channels that record. A message that no line expects fails the story.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { catalogKinds, checkDocuments, type ResourceSet } from '../catalog/index.ts';
import { type Channel, createDelivery, deliveryMigrations, type Message, type Outcome } from '../delivery/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import { createHealth } from '../platform/health.ts';
import type { Reply, RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import { createOncall, oncallKinds, oncallMigrations, type PagedAlert, type PageSink } from './index.ts';

const FOLDER = path.join(import.meta.dirname, 'scenarios');
const URL_OF_NINES = 'https://nines.example.org';

/** Leaps from one due job to the next: the queue's own look every five seconds would be thousands of empty ones in a story. */
class StoryClock implements Clock {
  #now: number;
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#now;

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** The process died: none of its timers will run. */
  forget(): void {
    this.#timers.clear();
  }

  leapTo(at: number): void {
    this.#now = at;
    for (const timer of [...this.#timers].filter((one) => one.at <= at)) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

interface Sent extends Message {
  readonly at: number;
  expected: boolean;
}

/** Everything of one process; what survives it is in the database. */
function boot(sql: Sql, world: World) {
  const { clock, health } = world;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const catalog = { current: () => world.set, onChange: () => undefined };
  const metrics = createRegistry();
  const common = { sql, clock, log: silentLog, health, jobs, ledger, catalog, metrics };
  const settings = { url: URL_OF_NINES, smtp: null, webhook: { secret: 's' } };
  const delivery = createDelivery({ ...common, settings, channels: [world.channel('email'), world.channel('webhook')] });
  const pageSink: PageSink = {
    async changed(tx, page, transition) {
      if (world.broken) await tx.db<never>().schema.createTable('pages').execute();
      world.told.push(`${transition} ${page.state}`);
    },
  };
  const oncall = createOncall({ ...common, delivery, settings, pageSink });
  return { jobs, ledger, oncall, delivery };
}

class World {
  readonly clock: StoryClock;
  readonly health;
  readonly sent: Sent[] = [];
  /** What the PageSink was told. */
  readonly told: string[] = [];
  set: ResourceSet;
  down = false;
  /** The PageSink has a defect: its statement fails. */
  broken = false;
  refused = '';
  process!: ReturnType<typeof boot>;
  #crashing: (() => void) | undefined;
  #crashed: Promise<void> = new Promise(() => undefined);
  #sql: Sql;

  constructor(sql: Sql, start: string, documents: string) {
    this.#sql = sql;
    this.clock = new StoryClock(start);
    this.health = createHealth(this.clock);
    this.set = this.read(documents);
  }

  read(documents: string): ResourceSet {
    const { set, problems } = checkDocuments([{ file: 'team.yaml', text: documents }], { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] }, this.clock.now());
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return set;
  } // prettier-ignore

  channel(name: Message['channel']): Channel {
    return { name, peer: () => 'The recorder', send: (message) => this.#send(message) };
  }

  async #send(message: Message): Promise<Outcome> {
    if (this.down) return { kind: 'failed', error: 'no route', channelDown: true };
    if (message.address === this.refused) return { kind: 'refused', error: '550 no such mailbox' };
    this.sent.push({ ...message, at: this.clock.now(), expected: false });
    if (!this.#crashing) return { kind: 'accepted', answer: '250 ok' };
    this.#crashing();
    this.clock.forget();
    return new Promise(() => undefined);
  }

  /** The next message leaves, and before that is written down the process dies. */
  crashAtNext(): void {
    this.#crashed = new Promise((resolve) => (this.#crashing = resolve));
  }

  async start(): Promise<void> {
    this.#crashing = undefined;
    this.#crashed = new Promise(() => undefined);
    this.process = boot(this.#sql, this);
    await this.process.oncall.start();
    await this.process.jobs.start();
    await this.settle();
  }

  /** The old process never comes back to what it was doing. */
  async restart(): Promise<void> {
    void this.process.jobs.stop();
    await this.start();
  }

  settle = (): Promise<void> => Promise.race([this.process.jobs.idle(), this.#crashed]);

  async until(at: number): Promise<void> {
    for (;;) {
      await this.settle();
      const due = this.#sql.db<{ jobs: { run_at: number } }>().selectFrom('jobs').select('run_at').where('run_at', '>', this.clock.now());
      const next = await due.orderBy('run_at').limit(1).executeTakeFirst();
      this.clock.leapTo(Math.min(at, next?.run_at ?? at));
      if (this.clock.now() >= at) return this.settle();
    }
  }

  async alerts(to: 'firing' | 'resolved', alerts: readonly PagedAlert[]): Promise<void> {
    const transitions = alerts.map((alert) => ({ to, alert, groupKey: `${alert.service ?? alert.group} ${alert.severity}` }));
    await this.#sql.transaction((tx) => this.process.oncall.alertSink.changed(tx, transitions));
    await this.settle();
  }

  async request(method: string, template: string, request: Partial<RouteRequest>): Promise<unknown> {
    const route = this.process.oncall.routes.find((one) => one.method === method && one.path === template);
    const answer: unknown = await route?.handler(request as never);
    await this.settle();
    return answer;
  }

  /** Presses the button of the last link that a person got. */
  async press(person: string): Promise<string> {
    const link = this.sent.findLast((one) => one.person === person && one.action)?.action?.url ?? '';
    const answer = (await this.request('POST', '/a/:secret', { params: { secret: link.split('/').at(-1)! } })) as Reply;
    return String(answer.body);
  }

  async deploy(service: string, title: string): Promise<void> {
    await this.#sql.transaction((tx) => this.process.ledger.append(tx, [{ kind: 'change.deploy', title, actor: 'token:ci', service }]));
  }

  async lastPage(): Promise<{ id: string; state: string; text: string; acknowledgedBy: string | null; alerts: unknown[] }> {
    const answer = (await this.request('GET', '/nines/v1/pages', { query: { limit: 50 } as never })) as { pages: never[] };
    return answer.pages[0]!;
  }
}

type Step = (world: World, match: RegExpExecArray) => Promise<void> | void;

const alertsOf = (world: World, count: number, name: string, service: string | null, severity: 'critical' | 'ticket'): PagedAlert[] =>
  Array.from({ length: count }, (_, i) => ({
    fingerprint: `${name}-${i}`,
    rule: name,
    group: 'rules',
    severity,
    service,
    labels: { alertname: name, instance: `web-${i}` },
    annotations: { summary: `Restart the web servers: ${name}`, odd: 'NUL \u0000 and half a \ud83d' },
    value: 0.042,
    expr: 'job:errors:ratio > 0.01',
    activeAt: world.clock.now() - 60_000,
    firedAt: world.clock.now(),
    resolvedAt: null,
  }));

const seen = (world: World): string => world.sent.map(({ at, reason, person, channel, key }) => `${new Date(at).toISOString()} ${reason} to ${person} by ${channel} ${key}`).join('\n'); // prettier-ignore

/** What a story can say. */
const STEPS: [RegExp, Step][] = [
  [/^(?:(\d+) alerts|alert) (\S+) (fires?|resolves?)(?: for (\S+))?( as ticket)?$/, (world, [, count = '1', name, verb, service = 'shop', ticket]) =>
    world.alerts(verb!.startsWith('fire') ? 'firing' : 'resolved', alertsOf(world, Number(count), name!, service === 'nobody' ? null : service, ticket ? 'ticket' : 'critical'))],
  [/^expect (page|escalation|ticket|resolved) to (\S+) by (\S+)( again)?$/, (world, [, reason, person, channel, again]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    const twin = world.sent.some((one) => one !== found && one.expected && one.key === found!.key);
    expect(twin, 'the key of an earlier message').toBe(again !== undefined);
    found!.expected = true;
  }],
  [/^expect nothing$/, (world) => expect(world.sent.filter(({ expected }) => !expected), seen(world)).toEqual([])],
  [/^expect the page is (\S+)(?: by (\S+))?$/, async (world, [, state, by]) => {
    expect(await world.lastPage()).toMatchObject({ state, ...(by && { acknowledgedBy: by }) });
  }],
  [/^expect (\d+) alerts? on the page$/, async (world, [, count]) => {
    expect((await world.lastPage()).alerts).toHaveLength(Number(count));
  }],
  [/^expect (\d+) pages?$/, async (world, [, count]) => {
    expect((await world.request('GET', '/nines/v1/pages', { query: { limit: 50 } as never })) as { pages: unknown[] }).toMatchObject({ pages: { length: Number(count) } });
  }],
  [/^expect the text says (.*)$/, async (world, [, text]) => expect((await world.lastPage()).text).toContain(text)],
  [/^expect health (\S+) says (.*)$/, (world, [, component, text]) => {
    expect(world.health.list().find((one) => one.component === component)?.problem).toContain(text);
  }],
  [/^expect health (\S+) is ok$/, (world, [, component]) => {
    expect(world.health.list().find((one) => one.component === component)?.state).toBe('ok');
  }],
  [/^expect the followers were told: (.*)$/, (world, [, told]) => expect(world.told.join(', ')).toBe(told)],
  [/^(\S+) acknowledges$/, async (world, [, person]) => expect(await world.press(person!)).toMatch(/Acknowledged by|Resolved at/)],
  [/^(\S+) resolves because (.*)$/, async (world, [, person, reason]) => {
    const principal = { kind: 'account', actor: `person:${person}`, name: person!, person: person!, role: 'responder' } as const;
    const { id } = await world.lastPage();
    await world.request('POST', '/nines/v1/pages/:id/resolve', { params: { id }, body: { reason }, principal });
  }],
  [/^(\S+) calls for (\S+): (.*)$/, async (world, [, person, service, subject]) => {
    const principal = { kind: 'account', actor: `person:${person}`, name: person!, person: person!, role: 'responder' } as const;
    await world.request('POST', '/nines/v1/pages', { body: { service, subject, text: '' }, principal });
  }],
  [/^restart$/, (world) => world.restart()],
  [/^the process dies as the next message leaves$/, (world) => world.crashAtNext()],
  [/^the channels go down$/, (world) => void (world.down = true)],
  [/^the channels work again$/, (world) => void (world.down = false)],
  [/^the followers break$/, (world) => void (world.broken = true)],
  [/^the followers work again$/, (world) => void (world.broken = false)],
  [/^the address (\S+) is refused$/, (world, [, address]) => void (world.refused = address!)],
  [/^the policies are removed$/, (world) => {
    const before = world.set;
    world.set = { ...before, list: (kind) => (kind === 'EscalationPolicy' ? [] : before.list(kind)), get: (kind, name) => (kind === 'EscalationPolicy' ? undefined : before.get(kind, name)) };
  }],
  [/^the documents come into force$/, (world) => void (world.set = world.read(TEAM))],
  [/^a deploy of (\S+): (.*)$/, async (world, [, service, title]) => {
    await world.deploy(service!, title!);
  }],
]; // prettier-ignore

const TEAM = fs.readFileSync(path.join(FOLDER, 'team.yaml'), 'utf8');

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

async function play(text: string): Promise<void> {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''); // prettier-ignore
  const begins = /^begins (\S+) (\S+)$/.exec(lines.shift() ?? '');
  expect(begins, 'the first line says when it begins').not.toBeNull();
  await template`truncate jobs, events, deliveries, delivery_attempts, pages, page_alerts, page_told, page_links`.execute(
    database.sql.db(),
  );
  const world = new World(database.sql, `${begins![1]}T${begins![2]}:00Z`, TEAM);
  await world.start();
  for (const line of lines) {
    const [, time, what] = /^at (\d\d:\d\d(?::\d\d)?) (.*)$/.exec(line) ?? [];
    expect(time, line).toBeDefined();
    const today = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${time!.length === 5 ? `${time}:00` : time}Z`);
    await world.until(today < world.clock.now() ? today + 86_400_000 : today);
    const step = STEPS.find(([pattern]) => pattern.test(what!));
    expect(step, `'${what}' means nothing`).toBeDefined();
    try {
      await step![1](world, step![0].exec(what!)!);
    } catch (error) {
      throw new Error(`${line}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  expect(world.sent.filter(({ expected }) => !expected), `not expected:\n${seen(world)}`).toEqual([]); // prettier-ignore
  await world.process.jobs.stop();
}

for (const file of fs.readdirSync(FOLDER).filter((name) => name.endsWith('.scenario'))) {
  test(file.replace('.scenario', ''), () => play(fs.readFileSync(path.join(FOLDER, file), 'utf8')));
}

test('a story that expects what does not happen fails', async () => {
  await expect(play('begins 2026-11-24 02:55\nat 03:00 alert errors fires\nat 03:00 expect page to ben by email')).rejects.toThrow(
    'expected now',
  );
  await expect(play('begins 2026-11-24 02:55\nat 03:00 alert errors fires')).rejects.toThrow('not expected');
});
