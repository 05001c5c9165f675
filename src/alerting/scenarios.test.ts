/**
 * Runs the time stories of scenarios/*.scenario on a virtual clock, with the real database, the real query engine and the
 * real ledger. A story's time is the monotonic one: when the clock jumps, the story goes on.
 *
 *     begins 2026-11-24 03:00:00
 *     rules                                  the indented lines below are a rule file
 *     at 03:00:15 sample up{job="shop"} 0    stale instead of a number ends the series
 *     every 15s from 03:00:30 to 03:05:00 sample up{job="shop"} 1
 *     at 03:01:00 crash                      the process dies; `start` begins the next one
 *     at 03:01:00 clock jumps +1h
 *     at 03:01:00 the rules are removed       or: the threshold becomes 4, the database goes away, the database is back
 *     at 03:01:00 expect firing X of shop    in this very second; `of` where the alert has a service
 *     at 03:02:00 expect nothing             since the last expectation
 *     at 03:02:00 expect X is pending        what the list of alerts says of it: pending, firing, resolved, absent
 */
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import type { Catalog, Resource, ResourceSet } from '../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { createQueryEngine, writeStale, type Labels, type SampleColumns, type SampleSink, type SeriesSource } from '../monitoring/index.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDuration, parseDuration } from '../platform/duration.ts';
import { createHealth } from '../platform/health.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { AlertTransition } from './alerts/alert.ts';
import { alertingMigrations, createAlerting, ruleFileKind, type Alerting } from './index.ts';
import { ruleFileSpec } from './rules/rule-file-spec.ts';

type Arrival = (metrics: ReadonlySet<string>, newest: number) => void;

/** A store that takes late samples, and tells of what arrives. */
function createMemory() {
  const series: { labels: Labels; samples: { time: number; bits: Float64Array }[] }[] = [];
  const listeners = new Set<Arrival>();
  const source: SeriesSource = {
    select(matchers, from, to) {
      const compiled = matchers.map(({ name, op, value }) => {
        const fits = new RegExp(`^(?:${op.includes('~') ? value : value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')})$`);
        return (labels: Labels) => fits.test(labels[name] ?? '') !== op.startsWith('!');
      });
      return series.flatMap(({ labels, samples }, id) => {
        const within = samples.filter(({ time }) => time >= from && time <= to);
        if (within.length === 0 || !compiled.every((matches) => matches(labels))) return [];
        const values = new Float64Array(within.length);
        within.forEach(({ bits }, i) => new Uint8Array(values.buffer).set(new Uint8Array(bits.buffer), i * 8));
        return [{ id, labels, times: Float64Array.from(within, ({ time }) => time), values, from: 0, to: within.length }];
      });
    },
  };
  const sink: SampleSink = {
    resolve(labels) {
      const known = series.findIndex((one) => isDeepStrictEqual(one.labels, labels));
      return known >= 0 ? known : series.push({ labels, samples: [] }) - 1;
    },
    async append({ ids, times, values }: SampleColumns) {
      ids.forEach((id, i) => {
        const { samples } = series[id]!;
        if (samples.some(({ time }) => time === times[i])) return;
        samples.push({ time: times[i]!, bits: values.slice(i, i + 1) });
        samples.sort((a, b) => a.time - b.time);
      });
      const names = new Set(Array.from(ids, (id) => series[id]!.labels.__name__!));
      for (const listener of listeners) listener(names, Math.max(...times));
    },
    describe: () => undefined,
  };
  return { source, sink, listeners };
}

/** A clock whose timers die with the process. */
function mortal(clock: Clock): Clock & { dead: boolean } {
  const own = {
    dead: false,
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms: number, run: () => void) => clock.after(ms, () => (own.dead ? undefined : run())),
  };
  return own;
}

const parseSeries = (text: string): Labels => {
  const match = /^([\w:]+)(?:\{(.*)\})?$/.exec(text.trim());
  if (match === null) throw new Error(`not a series: ${text}`);
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]);
  return { __name__: match[1]!, ...Object.fromEntries(pairs) };
};

const documentsOf = (kinds: Record<string, readonly { name: string; spec: unknown }[]>): ResourceSet => {
  const resources = (kind: string): Resource<never>[] =>
    (kinds[kind] ?? []).map(({ name, spec }) => ({ kind, name, title: name, labels: {}, spec: spec as never, file: null }));
  return { version: 1, list: (kind) => resources(kind), get: (kind, name) => resources(kind).find((one) => one.name === name) };
};

class World {
  readonly clock: VirtualClock;
  readonly memory = createMemory();
  readonly transitions: { at: number; transition: AlertTransition }[] = [];
  rules = 'groups: []';
  probes: { name: string; spec: unknown }[] = [];
  services: { name: string; spec: unknown }[] = [];
  readonly sql: Sql;
  #alerting: Alerting | undefined;
  #clock: { dead: boolean } | undefined;
  #refresh: () => void = () => undefined;
  databaseDown = false;

  constructor(start: string, sql: Sql) {
    this.clock = new VirtualClock(`${start.replace(' ', 'T')}Z`);
    this.sql = sql;
  }

  async start(): Promise<void> {
    const clock = mortal(this.clock);
    this.memory.listeners.clear();
    const set = (): ResourceSet =>
      documentsOf({
        [ruleFileKind.kind]: [{ name: 'story', spec: ruleFileSpec.parse(parseYaml(this.rules)) }],
        Probe: this.probes,
        Service: this.services,
      });
    const listeners: Parameters<Catalog['onChange']>[0][] = [];
    this.#refresh = () => listeners.forEach((listener) => listener(set()));
    const catalog: Catalog = {
      current: set,
      onChange: (listener) => {
        listeners.push(listener);
        listener(set());
      },
    };
    this.#clock = clock;
    this.#alerting = createAlerting({
      sql: this.sql,
      clock,
      log: silentLog,
      health: createHealth(clock),
      jobs: createJobs({ sql: this.sql, clock, log: silentLog }),
      metrics: createRegistry(),
      ledger: createLedger({ sql: this.sql, clock }),
      catalog,
      query: createQueryEngine({ source: this.memory.source, clock }),
      sink: this.memory.sink,
      onArrival: (listener) => void this.memory.listeners.add(listener),
      objectives: { list: () => [] },
      delivery: { send: async () => undefined },
      alertSink: {
        changed: async (_, transitions) => {
          if (this.databaseDown) throw new Error('the database is away');
          for (const transition of transitions) this.transitions.push({ at: this.clock.monotonic(), transition });
        },
      },
    });
    await this.#alerting.start();
    await this.settle();
  }

  crash(): void {
    this.#clock!.dead = true;
    this.memory.listeners.clear();
    this.#alerting = undefined;
  }

  async stop(): Promise<void> {
    await this.#alerting?.stop();
    this.crash();
  }

  async edit(rules: string): Promise<void> {
    this.rules = rules;
    if (this.#alerting === undefined) return;
    this.#refresh();
    await this.settle();
  }

  settle = async (): Promise<void> => this.#alerting?.settle();

  async sample(series: string, value: string): Promise<void> {
    const values = new Float64Array(1);
    if (value === 'stale') writeStale(values, 0);
    else values[0] = Number(value);
    const id = this.memory.sink.resolve(parseSeries(series));
    await this.memory.sink.append({ ids: Uint32Array.of(id), times: Float64Array.of(this.clock.now()), values });
    await this.settle();
  }

  stateOf(rule: string): string {
    const states = this.#alerting!.alerts().filter((alert) => alert.rule === rule);
    return states.length === 0 ? 'absent' : [...new Set(states.map(({ state }) => state))].join(' and ');
  }
}

interface Step {
  at: number;
  line: string;
  what: string;
}

/** The story's lines in the order of their times; what is written first of the same time happens first. */
function stepsOf(text: string): { start: string; rules: string; probes: string; services: string; steps: Step[] } {
  const start = /^begins (.*)$/m.exec(text)![1]!.trim();
  const [day] = start.split(' ');
  const time = (clock: string): number => Date.parse(`${day}T${clock}Z`);
  const block = (name: string): string => new RegExp(`^${name}\\n((?: .*\\n|\\n)+)`, 'm').exec(text)?.[1] ?? '';
  const steps: Step[] = [];
  for (const line of text.split('\n')) {
    const once = /^at (\S+) (.*)$/.exec(line);
    if (once !== null) steps.push({ at: time(once[1]!), line, what: once[2]! });
    const often = /^every (\S+) from (\S+) to (\S+) (.*)$/.exec(line);
    if (often === null) continue;
    const [, every, from, to, what] = often;
    for (let at = time(from!); at <= time(to!); at += parseDuration(every!)) steps.push({ at, line, what: what! });
  }
  steps.sort((a, b) => a.at - b.at || Number(a.what.startsWith('expect')) - Number(b.what.startsWith('expect')));
  return { start, rules: block('rules'), probes: block('probes'), services: block('services'), steps };
}

async function act(world: World, { what, line, at }: Step): Promise<void> {
  const sample = /^sample (\S.*\}|\S+) (\S+)$/.exec(what);
  if (sample !== null) return world.sample(sample[1]!, sample[2]!);
  if (what === 'crash') return world.crash();
  if (what === 'start') return world.start();
  if (what === 'restart') {
    world.crash();
    return world.start();
  }
  if (what === 'stop') return world.stop();
  if (what === 'the rules are removed') return world.edit('groups: []');
  const threshold = /^the threshold becomes (\d+)$/.exec(what);
  if (threshold !== null) return world.edit(world.rules.replace(/> \d+/, `> ${threshold[1]}`));
  if (what === 'the database goes away' || what === 'the database is back') return void (world.databaseDown = what.endsWith('away'));
  const jump = /^clock jumps ([+-])(\S+)$/.exec(what);
  if (jump !== null) return world.clock.jump((jump[1] === '-' ? -1 : 1) * parseDuration(jump[2]!));
  if (what === 'expect nothing') return expect(world.transitions.map(told), line).toEqual([]);
  const state = /^expect (\S+) is (.*)$/.exec(what);
  if (state !== null) return expect(world.stateOf(state[1]!), line).toBe(state[2]);
  const transition = /^expect ((?:firing|resolved) .*)$/.exec(what);
  if (transition === null) throw new Error(`not a step: ${line}`);
  // Two rules that change in the same instant do so in any order.
  const found = world.transitions.findIndex((one) => told(one) === transition[1]);
  expect(found, `${line}: there is ${world.transitions.map(told).join(', ') || 'nothing'}`).toBeGreaterThanOrEqual(0);
  const [next] = world.transitions.splice(found, 1);
  const off = Math.abs(next!.at - at);
  return expect(off, `${line}: it was ${formatDuration(off)} off`).toBeLessThan(1000);
}

const told = ({ transition: { to, alert } }: World['transitions'][number]): string =>
  `${to} ${alert.rule}${alert.service === null ? '' : ` of ${alert.service}`}`;

let database: TestSql;
beforeAll(async () => void (database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations])));
afterAll(() => database[Symbol.asyncDispose]());

const folder = path.join(import.meta.dirname, 'scenarios');

test.each(fs.readdirSync(folder).filter((name) => name.endsWith('.scenario')))('%s', async (name) => {
  const story = stepsOf(fs.readFileSync(path.join(folder, name), 'utf8'));
  for (const table of ['alerts', 'alerting_alive', 'events']) await template.raw(`delete from ${table}`).execute(database.sql.db());
  const world = new World(story.start, database.sql);
  if (story.rules !== '') world.rules = story.rules;
  world.probes = (parseYaml(story.probes) ?? []) as World['probes'];
  world.services = (parseYaml(story.services) ?? []) as World['services'];
  await world.start();
  for (const step of story.steps) {
    await world.clock.advance(step.at - world.clock.monotonic(), world.settle);
    await act(world, step);
  }
  expect(world.transitions.map(told), 'at the end').toEqual([]);
  await world.stop();
});
