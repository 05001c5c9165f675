/** Plays the time stories of scenarios/*.scenario: alerts that are written down as rules' are, what holds them back, and the pages that they make. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import { seen, type Step } from '../../../test/harness/story/steps.ts';
import type { StoryPart, World } from '../../../test/harness/story/world.ts';
import { groupKeyOf, type AlertState, type AlertTransition } from '../alert.ts';
import { createAlertStore } from '../alert-store.ts';
import { AlertWriter } from '../alert-writer.ts';
import type { Severity } from '../contract.ts';
import { alertingMigrations } from '../migrations.ts';
import { createMuting, inhibitionKind, maintenanceKind, type Muting } from './index.ts';
import { parseMatcher } from './matchers.ts';
import { DAYS } from './recurrence.ts';

interface Part {
  readonly muting: Muting;
  readonly writer: AlertWriter;
  start(): Promise<void>;
}

const part: StoryPart = {
  kinds: [inhibitionKind, maintenanceKind],
  boot(process) {
    const { sql, oncall, ledger } = process;
    const onCall = (service: string | null): string[] => oncall.responders(service);
    const muting = createMuting({ ...process, sink: oncall.alertSink, onCall, url: 'https://nines.example.org' });
    const writer = new AlertWriter({ sql, ledger, store: createAlertStore(sql), sink: oncall.alertSink, sieve: muting.sieve });
    return { muting, writer, start: () => muting.start() } as Part;
  },
};

const partOf = (world: World): Part => world.process.part as Part;
const ANA = { actor: 'person:ana', name: 'Ana', person: 'ana' };
const DEPLOYER = { actor: 'token:deployer', name: 'deployer', person: null };

const alertOf = (world: World, name: string, service: string | null, severity: Severity): AlertState => ({
  fingerprint: `${name}-${service}`,
  ruleKey: `rules/${name}`,
  rule: name,
  group: 'rules',
  severity,
  service,
  groupKey: groupKeyOf(service, severity, 'rules'),
  expr: 'job:errors:ratio > 0.01',
  labels: { alertname: name, severity, ...(service !== null && { service }) },
  annotations: { summary: `Look at ${service}: ${name}`, odd: 'NUL \u0000 and half a \ud83d' },
  value: 0.042,
  state: 'firing',
  activeAt: world.clock.now(),
  firedAt: world.clock.now(),
  resolvedAt: null,
  keepFiringSince: null,
});

async function change(world: World, to: 'firing' | 'resolved', alerts: readonly AlertState[]): Promise<void> {
  const over = { state: 'resolved', resolvedAt: world.clock.now() } as const;
  const changed = alerts.map((alert) => (to === 'firing' ? alert : { ...alert, ...over }));
  const transitions = changed.map((alert): AlertTransition => ({ to, alert, groupKey: alert.groupKey }));
  await partOf(world).writer.commit(transitions, world.clock.now());
  await world.settle();
}

const timeToday = (world: World, text: string): number => {
  const at = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${text}:00Z`);
  return at > world.clock.now() ? at : at + 86_400_000;
};
const matchersOf = (text: string) => text.split(',').map((one) => parseMatcher(one)!);

const steps: [RegExp, Step][] = [
  [/^alert (\S+) of (\S+) (fires|resolves)(?: as (critical|today|eventually))?$/, (world, [, name, service, verb, severity = 'critical']) =>
    change(world, verb === 'fires' ? 'firing' : 'resolved', [alertOf(world, name!, service === 'nobody' ? null : service!, severity as Severity)])],
  [/^alert (\S+) of (\d+) shops (fires|resolves)$/, (world, [, name, count, verb]) =>
    change(world, verb === 'fires' ? 'firing' : 'resolved', Array.from({ length: Number(count) }, (_, i) => alertOf(world, name!, `shop-${i + 1}`, 'critical')))],
  [/^alert (\S+) of (\S+) pends$/, async (world, [, name, service]) => {
    const alert: AlertState = { ...alertOf(world, name!, service!, 'critical'), state: 'pending', firedAt: null };
    await partOf(world).writer.flush(new Map([[alert.ruleKey, new Map([[alert.fingerprint, alert]])]]), world.clock.now());
  }],
  [/^(ana|deployer) silences (\S+) until (\d\d:\d\d): (.*)$/, async (world, [, who, text, until, reason]) => {
    await partOf(world).muting.silences.create({ matchers: matchersOf(text!), startsAt: world.clock.now(), endsAt: timeToday(world, until!), reason: reason! }, who === 'ana' ? ANA : DEPLOYER);
    await world.settle();
  }],
  [/^ana silences (\S+) every (\S+) from (\d\d:\d\d) to (\d\d:\d\d) in (\S+) until (\S+): (.*)$/, async (world, [, text, day, from, to, timeZone, until, reason]) => {
    const days = day === 'day' ? [...DAYS] : [day as (typeof DAYS)[number]];
    const recurring = { days, from: from!, to: to!, timeZone: timeZone! };
    await partOf(world).muting.silences.create({ matchers: matchersOf(text!), startsAt: world.clock.now(), endsAt: Date.parse(`${until}T00:00:00Z`), recurring, reason: reason! }, ANA);
    await world.settle();
  }],
  [/^ana expires the silence$/, async (world) => {
    const { silences } = partOf(world).muting;
    await silences.expire((await silences.list())[0]!.id, ANA);
    await world.settle();
  }],
  [/^ana prolongs the silence until (\d\d:\d\d)$/, async (world, [, until]) => {
    const { silences } = partOf(world).muting;
    const [first] = await silences.list();
    await silences.update(first!.id, { ...first!, endsAt: timeToday(world, until!) }, ANA);
    await world.settle();
  }],
  [/^expect (\S+) of (\S+) is held back by (\S+)$/, async (world, [, name, service, by]) => {
    const mutes = await partOf(world).muting.mutes(world.process.sql);
    expect(mutes.get(`${name}-${service}`)?.by ?? 'nothing', seen(world)).toBe(by);
  }],
  [/^expect the text of (\S+) says (.*)$/, async (world, [, service, text]) => {
    const { pages } = (await world.request('GET', '/nines/v1/pages', { query: { limit: 50, service } as never })) as { pages: { text: string; service: string }[] };
    expect(pages.find((page) => page.service === service)?.text).toContain(text);
  }],
  [/^expect silence-lapsing to (\S+) by (\S+)$/, (world, [, person, channel]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === 'silence-lapsing' && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    found!.expected = true;
  }],
  [/^expect the ledger says (.*)$/, async (world, [, text]) => {
    const { events } = await world.process.ledger.read({ order: 'desc', limit: 100 });
    expect(events.map(({ title }) => title).join('\n')).toContain(text);
  }],
]; // prettier-ignore

const folder = path.join(import.meta.dirname, 'scenarios');
/** Forty shops that all need the database. */
const shops = Array.from({ length: 40 }, (_, i) => `---
apiVersion: nines/v1
kind: Service
metadata: { name: shop-${i + 1} }
spec: { owner: store, dependsOn: [db] }
`); // prettier-ignore

playStories(folder, {
  part,
  steps,
  migrations: alertingMigrations,
  documents: fs.readFileSync(path.join(folder, 'team.yaml'), 'utf8') + shops.join(''),
});
