import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { Mail } from '../../harness/mail-server.ts';
import { bundlePager } from './bundle-pager.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

/** How long a process has to answer before the other is asked. */
const PATIENCE_MS = 5_000;

interface PairOptions {
  readonly postgres: string;
  readonly smtpPort: number;
  readonly documents: string;
  /** This many messages to a person within a minute leave on their own; none are bundled by default. */
  readonly bundleOver?: number;
}

interface Pager {
  child: ChildProcess;
  readonly tunnel: Tunnel;
  ready: boolean;
}

/** Two processes on one PostgreSQL, each with a way to it of its own that can be cut; and what to ask of them. */
export class PagerPair implements AsyncDisposable {
  kills = 0;
  cuts = 0;
  /** Everything that they printed. */
  output = '';
  readonly #options: PairOptions;
  readonly #pagers: Pager[] = [];
  readonly #db: Client;
  readonly #program: string;
  #asked = 0;

  private constructor(options: PairOptions, program: string) {
    this.#options = options;
    this.#program = program;
    this.#db = new Client({ connectionString: options.postgres });
  }

  static async start(options: PairOptions): Promise<PagerPair> {
    const pair = new PagerPair(options, await bundlePager());
    await pair.#db.connect();
    const { hostname: host, port } = new URL(options.postgres);
    for (let i = 0; i < 2; i += 1) {
      const tunnel = await openTunnel({ host, port: Number(port) });
      const pager: Pager = { tunnel, ready: false, child: undefined as never };
      pair.#pagers.push(pager);
      await pair.#start(pager);
    }
    return pair;
  }

  async #start(pager: Pager): Promise<void> {
    const url = new URL(this.#options.postgres);
    url.port = String(pager.tunnel.port);
    const settings = { ...this.#options, postgres: url.href, leaseMs: 1_500 };
    const child = fork(this.#program, {
      env: { ...process.env, PAGER: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (this.output += String(text)));
    pager.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`a pager ended with ${code} before it was ready:\n${this.output.slice(-4_000)}`)));
    });
    child.removeAllListeners('exit');
    pager.ready = true;
  }

  /** Asks one of them, and where it doesn't say that it is done (it may be dead, or cut off) the other, until one has. */
  async ask(what: Readonly<Record<string, unknown>>): Promise<unknown> {
    for (let tries = 0; tries < 60; tries += 1) {
      const ready = this.#pagers.filter((one) => one.ready);
      const pager = ready[this.#asked++ % Math.max(1, ready.length)];
      const answer = pager && (await once(pager.child, { ...what, id: `${this.#asked}` }));
      if (answer?.done) return answer.answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nobody answered ${JSON.stringify(what)}:\n${this.output.slice(-4_000)}`);
  }

  /** `kill -9`, and a new process in its place. */
  async killOne(which: 0 | 1): Promise<void> {
    const pager = this.#pagers[which]!;
    pager.ready = false;
    const gone = new Promise((resolve) => pager.child.once('exit', resolve));
    pager.child.kill('SIGKILL');
    await gone;
    this.kills += 1;
    await this.#start(pager);
  }

  /** Its way to PostgreSQL is silent for a while, then open again. */
  async cutOne(which: 0 | 1, ms: number): Promise<void> {
    const { tunnel } = this.#pagers[which]!;
    tunnel.cut();
    await new Promise((resolve) => setTimeout(resolve, ms));
    tunnel.heal();
    this.cuts += 1;
  }

  /** Messages that have not left, and pages that are not over. */
  async waiting(): Promise<number> {
    const { rows } = await this.#db.query<{ count: number }>(
      `select ((select count(*) from deliveries where state = 'queued') + (select count(*) from pages where state <> 'resolved'))::int as count`,
    );
    return rows[0]!.count;
  }

  /** What went wrong, by the database and by what the mail server got. */
  async complaints(keys: readonly string[], mails: readonly Mail[]): Promise<string[]> {
    const found: string[] = [];
    const ask = async (sql: string): Promise<{ text: string }[]> => (await this.#db.query<{ text: string }>(sql)).rows;
    const known = new Set((await ask(`select distinct alert->'labels'->>'key' as text from page_alerts`)).map(({ text }) => text));
    found.push(...keys.filter((key) => !known.has(key)).map((key) => `${key} made no page`));
    const wrong: [string, string][] = [
      ['no call was made, nor was it over or answered soon, for', `select subject as text from pages p
          where least(p.acknowledged_at, p.resolved_at) - p.triggered_at > 8000 and not exists (select from page_told t where t.page = p.id)`],
      ['given up', `select key as text from deliveries where state = 'failed'`],
      ['dropped though nobody had answered', `select d.key as text from deliveries d join pages p on d.about = 'page/' || p.id
          where d.state = 'dropped' and p.acknowledged_at is null and p.resolved_at is null`],
      ['called after it was acknowledged', `select d.key as text from deliveries d join pages p on d.about = 'page/' || p.id
          where d.reason in ('page', 'escalation') and d.created_at > p.acknowledged_at`],
      ['told that it fired, and not that it is over', `select p.subject || ' ' || d.person as text from deliveries d join pages p on d.about = 'page/' || p.id
          where d.reason in ('page', 'escalation') and d.state = 'sent' and not exists
            (select from deliveries r where r.about = d.about and r.person = d.person and r.reason = 'resolved' and r.state = 'sent')`],
      ['two pages of one failure', `select alert->'labels'->>'key' as text from page_alerts group by 1 having count(*) > 1`],
    ]; // prettier-ignore
    for (const [complaint, sql] of wrong) found.push(...(await ask(sql)).map(({ text }) => `${complaint}: ${text}`));
    const got = new Set(mails.flatMap(({ headers }) => headers.find(({ key }) => key === 'x-nines-key')?.value ?? []));
    const sent = await ask(`select key as text from deliveries where state = 'sent'`);
    found.push(...sent.filter(({ text }) => !got.has(text)).map(({ text }) => `said to be sent, and never got: ${text}`));
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child, tunnel } of this.#pagers) {
      child?.kill('SIGKILL');
      await tunnel[Symbol.asyncDispose]();
    }
    await this.#db.end();
    fs.rmSync(path.dirname(this.#program), { recursive: true });
  }
}

interface Answer {
  readonly id: string;
  readonly done: boolean;
  readonly answer?: unknown;
}

/** Its answer, or none within the time that it has. */
function once(child: ChildProcess, what: { id: string }): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const end = (answer: Answer | undefined): void => {
      clearTimeout(timer);
      child.off('message', hear);
      child.off('exit', gone);
      resolve(answer);
    };
    const timer = setTimeout(() => end(undefined), PATIENCE_MS);
    const hear = (answer: unknown): void => void ((answer as Answer).id === what.id && end(answer as Answer));
    const gone = (): void => end(undefined);
    child.on('message', hear);
    child.on('exit', gone);
    child.send(what, (error) => error && end(undefined));
  });
}
