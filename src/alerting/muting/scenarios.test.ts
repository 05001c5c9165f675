/** Plays the time stories of scenarios/*.scenario: alerts that are written down as rules' are, what holds them back, and the pages that they make. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { alertOf, alertsPart, changeAlerts, partOf } from '../../../test/harness/story/alerts-part.ts';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import { seen, type Step } from '../../../test/harness/story/steps.ts';
import type { World } from '../../../test/harness/story/world.ts';
import type { AlertState } from '../alerts/alert.ts';
import type { Severity } from '../contract.ts';
import { alertingMigrations } from '../migrations.ts';
import { parseMatcher } from './matchers.ts';
import { DAYS } from './recurrence.ts';

const ANA = { actor: 'person:ana', name: 'Ana', person: 'ana' };
const DEPLOYER = { actor: 'token:deployer', name: 'deployer', person: null };

const timeToday = (world: World, text: string): number => {
  const at = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${text}:00Z`);
  return at > world.clock.now() ? at : at + 86_400_000;
};
const matchersOf = (text: string) => text.split(',').map((one) => parseMatcher(one)!);

const steps: [RegExp, Step][] = [
  [/^alert (\S+) of (\S+) (fires|resolves)(?: as (critical|today|eventually))?$/, (world, [, name, service, verb, severity = 'critical']) =>
    changeAlerts(world, verb === 'fires' ? 'firing' : 'resolved', [alertOf(world, name!, service === 'nobody' ? null : service!, severity as Severity)])],
  [/^alert (\S+) of (\d+) shops (fires|resolves)$/, (world, [, name, count, verb]) =>
    changeAlerts(world, verb === 'fires' ? 'firing' : 'resolved', Array.from({ length: Number(count) }, (_, i) => alertOf(world, name!, `shop-${i + 1}`, 'critical')))],
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
  part: alertsPart,
  steps,
  migrations: alertingMigrations,
  documents: fs.readFileSync(path.join(folder, 'team.yaml'), 'utf8') + shops.join(''),
});
