import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { systemClock } from '../platform/clock.ts';
import { createHealth, type Health } from '../platform/health.ts';
import type { Principal, Route } from '../platform/http/index.ts';
import { silentLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import type { CatalogModule } from './catalog-module.ts';
import { createCatalog } from './catalog.ts';
import { applyAnswer, checkAnswer, configState, diffAnswer, resourcesAnswer, servicesAnswer } from './contract.ts';
import { catalogKinds, type TeamSpec } from './kinds.ts';
import { catalogMigrations } from './migrations.ts';

let database: TestSql;
let folder: string;
let health: Health;
let catalog: CatalogModule;

beforeAll(async () => {
  database = await createTestSql([...ledgerMigrations, ...catalogMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const start = async (): Promise<CatalogModule> => {
  health = createHealth(systemClock);
  const ledger = createLedger({ sql: database.sql, clock: systemClock });
  const made = createCatalog({ sql: database.sql, clock: systemClock, log: silentLog, ledger, health, kinds: catalogKinds, foreignKinds: [] }); // prettier-ignore
  await made.start();
  return made;
};
beforeEach(async () => {
  const db = database.sql.db<{ config_files: object; config_versions: object; events: object }>();
  for (const table of ['config_files', 'config_versions', 'events'] as const) await db.deleteFrom(table).execute();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-config-'));
  catalog = await start();
});
afterEach(async () => {
  await catalog.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const doc = (kind: string, name: string, spec: string): string =>
  `apiVersion: nines/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const ana = { file: 'ana.yaml', text: doc('Person', 'ana', '  email: ana@example.com\n') };
const team = (members: string) => ({ file: 'team.yaml', text: doc('Team', 'payments', `  members: [${members}]\n`) });
const service = { file: 'x/checkout.yml', text: doc('Service', 'checkout', '  owner: payments\n  tier: 1\n') };
const by = { actor: 'person:ana', source: 'test' };
const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
};
const members = (): readonly string[] | undefined => catalog.current().get<TeamSpec>('Team', 'payments')?.spec.members;
const configHealth = () => health.list().find(({ component }) => component === 'config');
const until = (condition: () => void): Promise<void> => vi.waitFor(condition, { timeout: 15_000, interval: 20 });

test('applies all documents, tells listeners and the ledger, and has them after a restart', async () => {
  const seen: number[] = [];
  catalog.onChange((set) => seen.push(set.version));
  const answer = await catalog.apply([ana, team('ana'), service], by);
  expect(answer).toMatchObject({ applied: true, version: 1, problems: [] });
  expect(answer.changes.map(({ action, kind, name, file }) => `${action} ${kind} ${name} ${file}`)).toEqual([
    'create Person ana ana.yaml',
    'create Service checkout x/checkout.yml',
    'create Team payments team.yaml',
  ]);
  expect(seen).toEqual([0, 1]);
  const { events } = await createLedger({ sql: database.sql, clock: systemClock }).read({});
  expect(events).toMatchObject([
    {
      kind: 'config.applied',
      actor: 'person:ana',
      service: 'checkout',
      subject: 'config/1',
      title: 'Configuration 1: 3 created: Person ana, Service checkout, Team payments',
      data: { version: 1, total: 3 },
    },
  ]);

  const again = await start();
  expect(again.current().all()).toEqual(catalog.current().all());
  expect(again.current().version).toBe(1);
  expect(again.config()).toEqual(catalog.config());
  const late: number[] = [];
  again.onChange((set) => late.push(set.version));
  expect(late).toEqual([1]);
});

test('applies nothing where one document is wrong', async () => {
  await catalog.apply([ana, team('ana')], by);
  const answer = await catalog.apply([ana, team('ana, ben'), service], by);
  expect(answer).toMatchObject({ applied: false, version: 1, changes: [] });
  expect(answer.problems).toMatchObject([{ file: 'team.yaml', line: 6, column: 18, message: "Team 'payments' names Person 'ben', which does not exist" }]); // prettier-ignore
  expect(catalog.current().get('Service', 'checkout')).toBeUndefined();
  expect((await start()).current().all()).toHaveLength(2);
});

test('an apply that changes nothing makes no version; a comment is kept without one', async () => {
  await catalog.apply([ana, team('ana')], by);
  const seen: number[] = [];
  catalog.onChange((set) => seen.push(set.version));
  expect(await catalog.apply([{ ...ana, text: `# Ana\n${ana.text}` }, team('ana')], by)).toMatchObject({ applied: true, version: 1, changes: [] }); // prettier-ignore
  expect(seen).toEqual([1]);
  expect((await createLedger({ sql: database.sql, clock: systemClock }).read({})).events).toHaveLength(1);
});

test('applies that come at once take turns', async () => {
  const versions = await Promise.all(['ana', '', 'ana'].map((names) => catalog.apply([ana, team(names)], by)));
  expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
  expect(members()).toEqual(['ana']);
});

test('an update is told as a unified diff of what it means', async () => {
  await catalog.apply([ana, team('ana'), service], by);
  const { changes } = await catalog.diff([ana, team('ana'), { ...service, text: service.text.replace('tier: 1', 'tier: 2') }]);
  expect(changes).toEqual([
    {
      action: 'update',
      kind: 'Service',
      name: 'checkout',
      file: 'x/checkout.yml',
      diff: '@@ -5,4 +5,4 @@\n spec:\n   dependsOn: []\n   owner: payments\n-  tier: 1\n+  tier: 2\n',
    },
  ]);
  expect((await catalog.diff([ana, team('ana')])).changes).toMatchObject([
    { action: 'delete', kind: 'Service', name: 'checkout', diff: null },
  ]);
});

test('nothing at all is not taken for a wish to remove everything', async () => {
  await catalog.apply([ana], by);
  expect(await catalog.apply([], by)).toMatchObject({ applied: false, problems: [{ message: 'there are no documents here, but some are in force' }] }); // prettier-ignore
  expect(catalog.current().all()).toHaveLength(1);
});

test('a watched folder: edits apply, a bad edit is refused and shown, its repair applies', async () => {
  write('ana.yaml', ana.text);
  write('team.yaml', team('ana').text);
  await catalog.watch(folder);
  expect(members()).toEqual(['ana']);
  expect(catalog.config()).toMatchObject({ version: 1, source: `folder ${folder}`, refused: null });

  write('sub/ben.yaml', doc('Person', 'ben', '  email: ben@example.com\n'));
  // As editors do: a new file takes the place of the old one.
  write('team.yaml.tmp', team('ana, ben').text);
  fs.renameSync(path.join(folder, 'team.yaml.tmp'), path.join(folder, 'team.yaml'));
  await until(() => expect(members()).toEqual(['ana', 'ben']));

  // In a folder that is itself new.
  write('sub/ben.yaml', 'kind: Persn\n');
  await until(() => expect(configHealth()?.state).toBe('degraded'));
  expect(configHealth()?.problem).toMatch(/^The documents were refused, version \d stays in force: sub\/ben.yaml:1:7: error: unknown kind 'Persn'; did you mean 'Person'\?/); // prettier-ignore
  expect(members()).toEqual(['ana', 'ben']);
  expect(catalog.config().refused?.problems).toHaveLength(1);

  write('sub/ben.yaml', doc('Person', 'ben', '  email: benny@example.com\n'));
  await until(() => expect(configHealth()?.state).toBe('ok'));
  expect(catalog.current().get('Person', 'ben')?.spec).toMatchObject({ email: 'benny@example.com' });
  expect(catalog.config().refused).toBeNull();
});

test('a folder that is bad at the start keeps the last good configuration running', async () => {
  await catalog.apply([ana, team('ana')], by);
  await catalog.stop();
  write('team.yaml', team('ana').text);
  catalog = await start();
  await catalog.watch(folder);
  expect(members()).toEqual(['ana']);
  expect(configHealth()?.problem).toMatch(/team.yaml:6:13: error: Team 'payments' names Person 'ana', which does not exist/);
  write('ana.yaml', ana.text);
  await until(() => expect(configHealth()?.state).toBe('ok'));
});

test('a folder that is not there, or was emptied, is refused; when it comes back it applies', async () => {
  const inner = path.join(folder, 'config');
  await catalog.watch(inner);
  expect(configHealth()).toMatchObject({ state: 'degraded', problem: expect.stringMatching(/can't be read: it does not exist/) });
  write('config/ana.yaml', ana.text);
  await until(() => expect(catalog.current().all()).toHaveLength(1));
  fs.rmSync(path.join(inner, 'ana.yaml'));
  await until(() => expect(configHealth()?.problem).toMatch(/there are no documents here/));
  expect(catalog.current().all()).toHaveLength(1);
});

test('a document in force that a stricter nines no longer takes: the others stay in force, and it says so', async () => {
  await catalog.apply([ana, team('ana')], by);
  await database.sql.db<{ config_files: { file: string; text: string } }>().updateTable('config_files').set({ text: 'kind: Gone\n' }).where('file', '=', 'ana.yaml').execute(); // prettier-ignore
  const again = await start();
  expect(again.current().all().map(({ name }) => name)).toEqual(['payments']); // prettier-ignore
  expect(configHealth()?.problem).toMatch(/^A document in force is no longer valid: ana.yaml:1:7/);
});

test('what another nines on the same database applied is in force here before the next apply, and seconds later without one', async () => {
  const shared = { ...database.sql, exclusive: false };
  const clock = new VirtualClock(Date.parse('2026-03-01T12:00:00Z'));
  const ledger = createLedger({ sql: shared, clock });
  const make = () => createCatalog({ sql: shared, clock, log: silentLog, ledger, health: createHealth(clock), kinds: catalogKinds, foreignKinds: [] }); // prettier-ignore
  const [one, two] = [make(), make()];
  await one.start();
  await two.start();
  const seen: number[] = [];
  two.onChange((set) => seen.push(set.version));
  await one.apply([ana, team('ana')], by);
  await clock.advance(6_000);
  await until(() => expect(seen).toEqual([0, 1]));
  expect(two.current().all()).toEqual(one.current().all());
  expect(await two.apply([ana], by)).toMatchObject({ applied: true, version: 2 });
  expect(await one.apply([ana, team('ana')], by)).toMatchObject({ applied: true, version: 3, changes: [{ action: 'create' }] });
  await one.stop();
  await two.stop();
});

const principal: Principal = { kind: 'token', actor: 'token:ci', name: 'ci', person: null, role: 'admin' };
/** Calls a route's handler as the HTTP layer does. */
async function call(method: string, template: string, given: { body?: unknown; query?: object; params?: object } = {}): Promise<unknown> {
  const found = catalog.routes.find((one) => one.method === method && one.path === template) as Route;
  const request = { params: {}, query: {}, body: undefined, principal, ...given };
  return found.handler(request as never);
}

test('routes: check, diff, apply, resources, config, services', async () => {
  const files = [service, team('ana'), ana];
  expect(checkAnswer.parse(await call('POST', '/nines/v1/resources/check', { body: { files } }))).toEqual({ ok: true, problems: [], documents: 3 }); // prettier-ignore
  expect(diffAnswer.parse(await call('POST', '/nines/v1/resources/diff', { body: { files } })).changes).toHaveLength(3);
  expect(applyAnswer.parse(await call('POST', '/nines/v1/resources/apply', { body: { files } }))).toMatchObject({ applied: true });
  const { resources } = resourcesAnswer.parse(await call('GET', '/nines/v1/resources', { query: { kind: 'Service' } }));
  expect(resources).toMatchObject([{ kind: 'Service', name: 'checkout', file: 'x/checkout.yml', spec: { tier: 1 } }]);
  expect(configState.parse(await call('GET', '/nines/v1/config'))).toMatchObject({ version: 1, source: 'apply by token:ci' });
  const { services } = servicesAnswer.parse(await call('GET', '/nines/v1/services'));
  expect(services).toMatchObject([{ name: 'checkout', title: 'checkout', owner: 'payments', dependents: [] }]);
  await expect(call('GET', '/nines/v1/services/:name', { params: { name: 'x' } })).rejects.toThrow("There is no service 'x'.");
  await expect(call('POST', '/nines/v1/resources/check', { body: { files: [ana, ana] } })).rejects.toBeInstanceOf(Problem);
});

test('routes: a bad apply is answered 422 with the problems, and one beside a watched folder is refused', async () => {
  expect(await call('POST', '/nines/v1/resources/apply', { body: { files: [team('ana')] } })).toMatchObject({
    status: 422,
    body: { applied: false, problems: [{ file: 'team.yaml' }] },
  });
  write('ana.yaml', ana.text);
  await catalog.watch(folder);
  await expect(call('POST', '/nines/v1/resources/apply', { body: { files: [ana] } })).rejects.toMatchObject({ status: 409 });
});
