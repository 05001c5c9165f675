/**
 * Stories of routes and receivers on a virtual clock, with the real database and queue; what receivers and pagers are told is recorded.
 *
 *     at 03:00:00 Down of web fires            an alert of a team; `as critical`, `of db for shop` where it matters
 *     at 03:00:30 expect chat hears 1 firing   in this very second; `and 1 resolved`
 *     at 03:00:30 expect a page of Down        by nines itself; `by db` where a receiver is that policy; `the end of Down by db`
 *     at 03:01:00 expect nothing               that was not expected before
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { StoryClock } from '../../../test/harness/story/story-clock.ts';
import { checkDocuments, type ResourceKind, type ResourceSet } from '../../catalog/index.ts';
import type { Severity } from '../contract.ts';
import { ledgerMigrations } from '../../ledger/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { z } from 'zod';
import type { AlertSink, AlertState } from '../alerts/alert.ts';
import { alertingMigrations } from '../migrations.ts';
import { alertmanagerKind } from './alertmanager-kind.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { createGroupRouter } from './group-router.ts';
import { createRouting } from './routing.ts';

const folder = path.join(import.meta.dirname, 'scenarios');
const CONFIG = fs.readFileSync(path.join(folder, 'alertmanager.yml'), 'utf8');
const named = (kind: string): ResourceKind => ({ kind, summary: '', spec: z.any() });
const registry = { kinds: [named('EscalationPolicy'), named('Service')], foreignKinds: [alertmanagerKind] };

class World {
  readonly clock: StoryClock;
  /** What was heard and not yet expected. */
  heard: string[] = [];
  readonly firing = new Map<string, AlertState>();
  readonly silenced = new Set<string>();
  set: ResourceSet;
  #sql: Sql;
  process!: ReturnType<World['boot']>;

  constructor(sql: Sql, start: string) {
    this.#sql = sql;
    this.clock = new StoryClock(start);
    this.set = this.read(CONFIG);
  }

  read(config: string): ResourceSet {
    const documents = ['EscalationPolicy db', 'Service shop'].map((one) => {
      const [kind, name] = one.split(' ');
      return `apiVersion: nines/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {escalation: db}\n`;
    });
    const files = [
      { file: 'alertmanager.yml', text: config },
      { file: 'team.yaml', text: documents.join('---\n') },
    ];
    const { set, problems } = checkDocuments(config === '' ? files.slice(1) : files, registry, 0);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return set;
  }

  boot() {
    const { clock } = this;
    const sql = this.#sql;
    const jobs = createJobs({ sql, clock, log: silentLog });
    const catalog = { current: () => this.set, onChange: () => undefined };
    const sink: AlertSink = {
      changed: async (_, transitions) => {
        for (const { to, alert, policy } of transitions) {
          const by = policy === undefined ? '' : ` by ${policy}`;
          this.heard.push(to === 'firing' ? `a page of ${alert.rule}${by}` : `the end of ${alert.rule}${by}`);
        }
      },
    };
    const router = createGroupRouter({
      sql,
      clock,
      jobs,
      catalog,
      sink,
      routing: createRouting(catalog),
      heldBack: async (alerts) => new Set(alerts.filter(({ rule }) => this.silenced.has(rule)).map(({ fingerprint }) => fingerprint)),
      firing: async () => [...this.firing.values()],
      url: 'https://nines.example.org',
      templates: { definitions: async () => DEFAULT_TEMPLATES },
      delivery: {
        send: async (_, messages) => {
          for (const { address, data } of messages) {
            const { alerts } = data as { alerts: { status: string }[] };
            const count = (status: string): string[] => {
              const found = alerts.filter((one) => one.status === status).length;
              return found === 0 ? [] : [`${found} ${status}`];
            };
            this.heard.push(`${address.split(/[:/]/)[1]} hears ${[...count('firing'), ...count('resolved')].join(' and ')}`);
          }
        },
      },
    });
    return { jobs, router };
  }

  async start(): Promise<void> {
    this.process = this.boot();
    await this.process.jobs.start();
  }

  /** From one due job to the next. */
  async until(at: number): Promise<void> {
    for (;;) {
      await this.process.jobs.idle();
      const due = this.#sql.db<{ jobs: { run_at: number } }>().selectFrom('jobs').select('run_at').where('run_at', '>', this.clock.now());
      const next = await due.orderBy('run_at').limit(1).executeTakeFirst();
      this.clock.leapTo(Math.min(at, next?.run_at ?? at));
      if (this.clock.now() >= at) return this.process.jobs.idle();
    }
  }

  async alert(rule: string, to: 'firing' | 'resolved', more: { team: string; service: string | null; severity: Severity }): Promise<void> {
    const now = this.clock.now();
    const { team, service, severity } = more;
    const labels = { alertname: rule, team, severity, ...(service !== null && { service }) };
    const old = this.firing.get(rule);
    const times = { activeAt: old?.activeAt ?? now, firedAt: old?.firedAt ?? now, resolvedAt: to === 'resolved' ? now : null };
    const what = {
      fingerprint: rule,
      ruleKey: 'r',
      rule,
      group: 'g',
      severity,
      service,
      groupKey: team,
      expr: 'up',
      labels,
      annotations: {},
    };
    const alert: AlertState = { ...what, ...times, value: 1, state: to, keepFiringSince: null };
    if (to === 'firing') this.firing.set(rule, alert);
    else this.firing.delete(rule);
    await this.#sql.transaction((tx) => this.process.router.sink.changed(tx, [{ to, alert, groupKey: alert.groupKey }]));
    await this.process.jobs.idle();
  }
}

type Step = (world: World, match: RegExpExecArray) => Promise<void> | void;
const STEPS: readonly (readonly [RegExp, Step])[] = [
  [/^(\w+) of (\w+)(?: for (\w+))?(?: as (\w+))? (fires|is over)$/, (world, [, rule, team, service = null, severity = 'today', verb]) =>
    world.alert(rule!, verb === 'fires' ? 'firing' : 'resolved', { team: team!, service, severity: severity as Severity })],
  [/^expect nothing$/, (world) => expect(world.heard).toEqual([])],
  [/^expect (.+)$/, (world, [, what]) => {
    expect(world.heard).toContain(what);
    world.heard.splice(world.heard.indexOf(what!), 1);
  }],
  [/^(\w+) is silenced$/, (world, [, rule]) => void world.silenced.add(rule!)],
  [/^(\w+) is no longer silenced$/, (world, [, rule]) => void world.silenced.delete(rule!)],
  [/^restart$/, async (world) => {
    await world.process.jobs.stop();
    await world.start();
  }],
  [/^the team (\w+) hears by (\w+) instead$/, async (world, [, team, receiver]) => {
    world.set = world.read(CONFIG.replace(new RegExp(`(matchers: \\[team="${team}"\\], receiver: )\\w+`), `$1${receiver}`));
    await world.process.router.reroute();
  }],
]; // prettier-ignore

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.scenario'))) {
  test(file.replace('.scenario', ''), async () => {
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''); // prettier-ignore
    const [, day, time] = /^begins (\S+) (\S+)$/.exec(lines[0]!)!;
    await using database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations]);
    const world = new World(database.sql, `${day}T${time}:00Z`);
    await world.start();
    for (const line of lines.slice(1)) {
      const [, at, what] = /^at (\S+) (.+)$/.exec(line)!;
      const moment = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${at!.length === 5 ? `${at}:00` : at}Z`);
      const next = moment < world.clock.now() ? moment + 86_400_000 : moment;
      await world.until(next);
      const step = STEPS.find(([pattern]) => pattern.test(what!));
      expect(step, `'${what}' means nothing`).toBeDefined();
      try {
        await step![1](world, step![0].exec(what!)!);
      } catch (error) {
        throw new Error(`${line}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
    expect(world.heard, 'not expected').toEqual([]);
    await world.process.jobs.stop();
  });
}
