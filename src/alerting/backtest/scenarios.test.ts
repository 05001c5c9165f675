/**
 * Plays scenarios/*.scenario: samples as they were recorded, the evaluator that decides in the present on a virtual clock, and then
 * the backtest over what was stored. Whatever the story expects, the two must agree to the millisecond.
 *
 *     begins 2026-11-24 02:00:00
 *     rules                                     the indented lines below are a rule file
 *     every 15s from 02:00:00 to 02:30:00 sample up{job="shop"} 1
 *     at 02:10:00 sample up{job="shop"} stale
 *     incident 1 of shop from 02:08:00, declared 02:20:00, over 02:25:00
 *     ends 03:00:00
 *     with threshold 5                          or `with for 10m`: what is tried; the rule as it stands is compared with it
 *     expect Down fires from 02:05:00 to 02:06:00
 *     expect Down is quiet
 *     expect Down catches 1, 10m before it was declared
 *     expect Down misses 2
 *     expect Down has 3 firings, 1 page, 2 without an incident
 *     expect Down calls ana 2 times, 1 at night
 *     expect before: Down fires from …          of the rule in force
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { catalogKinds, checkDocuments, type ResourceSet } from '../../catalog/index.ts';
import { createQueryEngine, MemorySource, writeStale, type Labels, type QueryEngine } from '../../monitoring/index.ts';
import { queryPort } from '../../objectives/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import { Evaluator } from '../evaluation/evaluator.ts';
import { ruleFileSpec } from '../rules/rule-file-spec.ts';
import type { Rule } from '../rules/rule.ts';
import { rulesOfFile } from '../rules/rules-of-file.ts';
import { answerBacktest } from './backtest-answer.ts';
import { backtestRequest, type BacktestAnswer, type BacktestOutcome } from './contract.ts';
import type { PastIncident } from './outcome.ts';

const SERVICES = ['db', 'shop', 'search'].map((name) => `apiVersion: nines/v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {owner: store${name === 'shop' ? ', dependsOn: [db]' : ''}}\n`); // prettier-ignore
const TEAM = 'apiVersion: nines/v1\nkind: Team\nmetadata: {name: store}\nspec: {members: [ana]}\n---\napiVersion: nines/v1\nkind: Person\nmetadata: {name: ana}\nspec: {email: ana@example.org}\n'; // prettier-ignore
const set: ResourceSet = checkDocuments([{ file: 'a.yaml', text: [TEAM, ...SERVICES].join('---\n') }], { kinds: catalogKinds, foreignKinds: [] }, 0).set; // prettier-ignore

interface SampleStep {
  readonly at: number;
  readonly labels: Labels;
  readonly value: Float64Array;
}

interface Story {
  readonly start: number;
  readonly end: number;
  readonly rules: readonly Rule[];
  readonly samples: readonly SampleStep[];
  readonly incidents: readonly PastIncident[];
  readonly tried: { threshold?: number; for?: string };
  readonly expectations: readonly string[];
  readonly time: (clock: string) => number;
}

const labelsOf = (text: string): Labels => {
  const [, name, inside = ''] = /^([\w:]+)(?:\{(.*)\})?$/.exec(text)!;
  return { __name__: name!, ...Object.fromEntries([...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])) };
};
function valueOf(text: string): Float64Array {
  const value = new Float64Array(1);
  if (text === 'stale') writeStale(value, 0);
  else value[0] = Number(text);
  return value;
}

function readStory(text: string): Story {
  const [, day, clock] = /^begins (\S+) (\S+)$/m.exec(text)!;
  const start = Date.parse(`${day}T${clock}Z`);
  const time = (at: string): number => {
    const same = Date.parse(`${day}T${at}Z`);
    return same < start ? same + 86_400_000 : same;
  };
  const all = (pattern: RegExp): string[][] => [...text.matchAll(pattern)].map((match) => match.slice(1));
  const samples: SampleStep[] = [];
  const sample = (at: number, series: string, value: string): void => void samples.push({ at, labels: labelsOf(series), value: valueOf(value) });
  for (const [at, series, value] of all(/^at (\S+) sample (\S+) (\S+)$/gm)) sample(time(at!), series!, value!);
  for (const [step, from, to, series, value] of all(/^every (\S+) from (\S+) to (\S+) sample (\S+) (\S+)$/gm))
    for (let at = time(from!); at <= time(to!); at += parseDuration(step!)) sample(at, series!, value!);
  const rules = /^rules\n((?: .*\n|\n)+)/m.exec(text)![1]!;
  return {
    start,
    end: time(/^ends (\S+)$/m.exec(text)![1]!),
    rules: rulesOfFile('story', ruleFileSpec.parse(parseYaml(rules))),
    samples: samples.sort((a, b) => a.at - b.at),
    incidents: all(/^incident (\d+) of (\S+) from (\S+), declared (\S+), (?:over (\S+)|still open)$/gm).map(([number, service, began, declared, over]) => ({
      id: `i${number}`, number: Number(number), title: `Incident ${number}`, services: [service!], beganAt: time(began!), declaredAt: time(declared!), endedAt: over === undefined ? null : time(over),
    })),
    tried: Object.fromEntries(all(/^with (threshold|for) (\S+)$/gm).map(([what, value]) => [what!, what === 'for' ? value! : Number(value)])),
    expectations: all(/^expect (.*)$/gm).map(([line]) => line!),
    time,
  };
} // prettier-ignore

interface Fired {
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  to: number | null;
}

/** What the evaluator did as the samples arrived; `tell` leaves it to its interval alone, as Prometheus evaluates. */
async function playLive(story: Story, tell: boolean): Promise<{ fired: Fired[]; engine: QueryEngine }> {
  const clock = new VirtualClock(story.start);
  const source = new MemorySource();
  const engine = createQueryEngine({ source, clock });
  const fired: Fired[] = [];
  const evaluator: Evaluator = new Evaluator({
    clock,
    query: queryPort(engine),
    sink: { resolve: () => 0, append: async () => undefined, describe: () => undefined },
    runbookOf: () => undefined,
    decides: () => true,
    async commit(transitions, at) {
      for (const { to, alert } of transitions) {
        const open = fired.find((one) => one.to === null && JSON.stringify(one.labels) === JSON.stringify(alert.labels));
        if (to === 'resolved' && open !== undefined) open.to = at;
        else fired.push({ rule: alert.rule, labels: alert.labels, from: at, to: null });
      }
    },
    onChanged: () => undefined,
    onEvaluated: (rule, _, error) => expect(error, rule.name).toBeUndefined(),
    onJump: () => undefined,
    onMissed: () => undefined,
  });
  const settle = (): Promise<void> => evaluator.idle();
  await evaluator.replace(story.rules, new Map());
  for (let i = 0; i < story.samples.length;) {
    const { at } = story.samples[i]!;
    await clock.advance(at - clock.monotonic(), settle);
    const names = new Set<string>();
    for (; story.samples[i]?.at === at; i++) {
      source.add(story.samples[i]!.labels, [at], story.samples[i]!.value);
      names.add(story.samples[i]!.labels.__name__!);
    }
    if (tell) evaluator.arrived(names, at);
    await settle();
  }
  await clock.advance(story.end - clock.monotonic(), settle);
  await evaluator.stop();
  return { fired, engine };
}

async function backtest(story: Story, engine: QueryEngine, over: object): Promise<BacktestAnswer> {
  const request = backtestRequest.parse({ from: new Date(story.start).toISOString(), to: new Date(story.end).toISOString(), file: ' ', ...over });
  const deps = {
    clock: new VirtualClock(story.end), set: () => set, rules: () => story.rules, query: engine, rawRetentionMs: 365 * 86_400_000,
    incidents: async () => story.incidents,
    whoIsCalled: async () => ({
      who: ({ at, severity }: { at: number; severity: string }) =>
        severity === 'critical' ? [{ person: 'ana', title: 'Ana', night: new Date(at).getUTCHours() < 7 }] : [],
      note: 'People are those of then.',
    }),
  };
  const results = [];
  let answer: BacktestAnswer | undefined;
  for (const { name, kind } of story.rules) {
    if (kind !== 'alert') continue;
    answer = await answerBacktest(deps, { ...request, file: undefined, alert: name }, { signal: new AbortController().signal, progress: () => undefined });
    results.push(...answer.results);
  }
  return { ...answer!, results };
} // prettier-ignore

const sorted = (fired: readonly Fired[]): Fired[] =>
  [...fired].sort((a, b) => a.from - b.from || JSON.stringify(a.labels).localeCompare(JSON.stringify(b.labels)));
const replayed = ({ results }: BacktestAnswer): Fired[] =>
  results.flatMap(({ alert, after }) => after.firings.map(({ labels, firedAt, resolvedAt }) => ({ rule: alert, labels, from: Date.parse(firedAt), to: resolvedAt === null ? null : Date.parse(resolvedAt) }))); // prettier-ignore

function check(line: string, answer: BacktestAnswer, { time }: Story): void {
  const [, before, rule, what] = /^(before: )?(\S+) (.*)$/.exec(line)!;
  const result = answer.results.find(({ alert }) => alert === rule);
  const outcome: BacktestOutcome = (before === undefined ? result?.after : result?.before)!;
  const seen = JSON.stringify(outcome.firings.map(({ firedAt, resolvedAt }) => [firedAt.slice(11, 23), resolvedAt?.slice(11, 23)]));
  let match: RegExpExecArray | null;
  if (what === 'is quiet') expect(outcome.fired, `${line}: ${seen}`).toBe(0);
  else if ((match = /^fires from (\S+) to (\S+)$/.exec(what!))) {
    const to = match[2] === 'now' ? null : time(match[2]!);
    const found = outcome.firings.some((one) => Date.parse(one.firedAt) === time(match![1]!) && (one.resolvedAt === null ? to === null : Date.parse(one.resolvedAt) === to)); // prettier-ignore
    expect(found, `${line}: ${seen}`).toBe(true);
  } else if ((match = /^catches (\d+), (\S+) (before|after) it was declared$/.exec(what!))) {
    const sign = match[3] === 'before' ? 1 : -1;
    const found = outcome.caught.find(({ number }) => number === Number(match![1]));
    expect(found?.beforeDeclaredMs, line).toBe(sign * parseDuration(match[2]!));
  } else if ((match = /^misses (\d+)$/.exec(what!)))
    expect(outcome.missed.map(({ number }) => number), line).toContain(Number(match[1])); // prettier-ignore
  else if ((match = /^has (\d+) firings?, (\d+) pages?, (\d+) without an incident$/.exec(what!)))
    expect([outcome.fired, outcome.pages, outcome.noise], `${line}: ${seen}`).toEqual(match.slice(1).map(Number));
  else if ((match = /^calls (\S+) (\d+) times?, (\d+) at night$/.exec(what!)))
    expect(outcome.called, line).toEqual([{ person: match[1], title: 'Ana', calls: Number(match[2]), nights: Number(match[3]) }]);
  else throw new Error(`'${line}' means nothing`);
}

const folder = path.join(import.meta.dirname, 'scenarios');
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.scenario'))) {
  test(file.replace('.scenario', ''), async () => {
    const story = readStory(fs.readFileSync(path.join(folder, file), 'utf8'));
    const live = await playLive(story, true);
    expect(sorted(replayed(await backtest(story, live.engine, { evaluate: 'arrival' }))), 'as the evaluator fired').toEqual(
      sorted(live.fired),
    );
    const slow = await playLive(story, false);
    for (const { firedAt } of (await backtest(story, slow.engine, { evaluate: 'interval' })).results.flatMap(({ after }) => after.firings))
      expect(Date.parse(firedAt) % 1000, 'at turns of the interval').toBe(0);
    const answer = await backtest(story, live.engine, { evaluate: 'arrival', ...story.tried });
    for (const line of story.expectations) check(line, answer, story);
    for (const { alert } of answer.results) expect(answer.markdown + alert).toContain(alert);
  });
}
