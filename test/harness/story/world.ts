import { expect } from 'vitest';
import { catalogKinds, checkDocuments, type ResourceKind, type ResourceSet } from '../../../src/catalog/index.ts';
import { type Channel, createDelivery, type Message, type Outcome } from '../../../src/delivery/index.ts';
import { withAlternates } from '../../../src/delivery/channels/channel.ts';
import { createLedger } from '../../../src/ledger/index.ts';
import { createOncall, type Muted, oncallKinds, type PagedAlert, type PageSink } from '../../../src/oncall/index.ts';
import { createHealth } from '../../../src/platform/health.ts';
import type { Reply, RouteRequest } from '../../../src/platform/http/index.ts';
import { createJobs } from '../../../src/platform/jobs/index.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createRegistry } from '../../../src/platform/metrics.ts';
import type { Sql } from '../../../src/platform/sql/index.ts';
import { StoryClock } from './story-clock.ts';

const URL_OF_NINES = 'https://nines.example.org';

/** A message that a channel took. */
export interface Sent extends Message {
  readonly at: number;
  expected: boolean;
}

/** What stories of another module add to the process: made anew at each start, and started before its jobs. */
export interface StoryPart {
  readonly kinds: readonly ResourceKind[];
  boot(process: ReturnType<typeof bootPaging>): {
    start(): Promise<void>;
    /** What holds pages back, where it does. */
    readonly muting?: Muted;
  };
}

/** Everything of one process; what survives it is in the database. */
function boot(sql: Sql, world: World) {
  const process = bootPaging(sql, world);
  const part = world.part?.boot(process);
  world.muted = part?.muting;
  return { ...process, part };
}

function bootPaging(sql: Sql, world: World) {
  const { health } = world;
  const clock = world.clock.ofProcess();
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const catalog = { current: () => world.set, onChange: () => undefined };
  const metrics = createRegistry();
  const common = { sql, clock, log: silentLog, health, jobs, ledger, catalog, metrics };
  const settings = { url: URL_OF_NINES, smtp: null, webhook: { secret: 's' }, answersTo: 'answers@nines.example.org' };
  const delivery = createDelivery({ ...common, settings, channels: [world.channel('email'), world.channel('webhook')] });
  const pageSink: PageSink = {
    async changed(tx, page, transition) {
      if (world.broken) await tx.db<never>().schema.createTable('pages').execute();
      world.told.push(`${transition} ${page.state}`);
    },
  };
  const muted: Muted = {
    muted: async (...asked) => (await world.muted?.muted(...asked)) ?? new Set(),
    heldBy: async (...asked) => (await world.muted?.heldBy(...asked)) ?? [],
  };
  const oncall = createOncall({ ...common, delivery, settings: { ...settings, announce: world.announce }, pageSink, muted });
  return { ...common, oncall, delivery };
}

/** The paging half of nines with a virtual clock, the real PostgreSQL and queue, and channels that record. */
export class World {
  readonly clock: StoryClock;
  readonly health;
  readonly sent: Sent[] = [];
  /** What the PageSink was told. */
  readonly told: string[] = [];
  set: ResourceSet;
  down = false;
  /** What a channel, or one of several mail servers, says to everything. */
  readonly trouble = new Map<string, Outcome>();
  /** One or two; a change is seen with the next start. */
  mailServers = 1;
  /** What people are told of unasked; a change is seen with the next start. */
  announce: ('handovers' | 'readiness')[] = [];
  /** The PageSink has a defect: its statement fails. */
  broken = false;
  refused = '';
  /** What holds pages back, where a part of the process does. */
  muted: Muted | undefined;
  process!: ReturnType<typeof boot>;
  #crashing: (() => void) | undefined;
  #crashesBefore = false;
  #dead = false;
  #crashed: Promise<void> = new Promise(() => undefined);
  #sql: Sql;

  readonly documents: string;
  readonly part: StoryPart | undefined;

  constructor(sql: Sql, start: string, documents: string, part?: StoryPart) {
    this.part = part;
    this.documents = documents;
    this.#sql = sql;
    this.clock = new StoryClock(start);
    this.health = createHealth(this.clock);
    this.set = this.read(documents);
  }

  read(documents: string): ResourceSet {
    const { set, problems } = checkDocuments([{ file: 'team.yaml', text: documents }], { kinds: [...catalogKinds, ...oncallKinds, ...(this.part?.kinds ?? [])], foreignKinds: [] }, this.clock.now());
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return set;
  } // prettier-ignore

  channel(name: Message['channel']): Channel {
    const way = (peer: string): Channel => ({ name, peer: () => peer, send: (message) => this.#send(message, peer) });
    return name === 'email' && this.mailServers === 2 ? withAlternates([way('mail-1'), way('mail-2')]) : way('The recorder');
  }

  async #send(message: Message, peer: string): Promise<Outcome> {
    const trouble = this.trouble.get(message.channel) ?? this.trouble.get(peer);
    if (trouble) return trouble;
    if (this.#crashing && this.#crashesBefore) return this.#crash(this.#crashing);
    if (this.down) return { kind: 'failed', error: 'no route', channelDown: true };
    if (message.address === this.refused) return { kind: 'refused', error: '550 no such mailbox' };
    this.sent.push({ ...message, at: this.clock.now(), expected: false });
    return this.#crashing ? this.#crash(this.#crashing) : { kind: 'accepted', answer: '250 ok' };
  }

  #crash(crashed: () => void): Promise<Outcome> {
    crashed();
    this.#dead = true;
    void this.process.jobs.stop();
    this.clock.forget();
    return new Promise(() => undefined);
  }

  /** The next message leaves, and before that is written down the process dies; or it dies just before. */
  crashAtNext(before = false): void {
    this.#crashesBefore = before;
    this.#crashed = new Promise((resolve) => (this.#crashing = resolve));
  }

  async start(): Promise<void> {
    this.#crashing = undefined;
    this.#dead = false;
    this.#crashed = new Promise(() => undefined);
    this.process = boot(this.#sql, this);
    await this.process.part?.start();
    await this.process.oncall.start();
    await this.process.jobs.start();
    await this.settle();
  }

  /** The old process never comes back to what it was doing. */
  async restart(): Promise<void> {
    void this.process.jobs.stop();
    await this.start();
  }

  /** A dead process takes nothing up any more. */
  settle = (): Promise<void> => (this.#dead ? Promise.resolve() : Promise.race([this.process.jobs.idle(), this.#crashed]));

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

  /** Answers the last page by the API, as a person. */
  async answer(person: string, verb: string, body: object = {}): Promise<void> {
    const principal = { kind: 'account', actor: `person:${person}`, name: person, person, role: 'responder' } as const;
    const { id } = await this.lastPage();
    await this.request('POST', `/nines/v1/pages/:id/${verb}`, { params: { id }, body, principal });
  }

  async deploy(service: string, title: string): Promise<void> {
    await this.#sql.transaction((tx) => this.process.ledger.append(tx, [{ kind: 'change.deploy', title, actor: 'token:ci', service }]));
  }

  async lastPage(): Promise<{ id: string; state: string; text: string; acknowledgedBy: string | null; alerts: unknown[] }> {
    const answer = (await this.request('GET', '/nines/v1/pages', { query: { limit: 50 } as never })) as { pages: never[] };
    return answer.pages[0]!;
  }
}
