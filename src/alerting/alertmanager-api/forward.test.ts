/** What nines decides, told to Debian's Alertmanager: it fires there, is over there, and is there again after that was started anew. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { has, startPeer, type Peer } from '../../../test/harness/peer-process.ts';
import { freePort } from '../../../test/harness/free-port.ts';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createHealth } from '../../platform/health.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import type { AlertState } from '../alerts/alert.ts';
import { createForwarder, forwardMigrations } from './forward.ts';
import type { FiringAlert } from './shown-alert.ts';

const LOOK_MS = 5_000;
const RESEND_MS = 60_000;

test.skipIf(!has('prometheus-alertmanager'))('an Alertmanager beside nines knows what nines knows', { timeout: 90_000 }, async () => {
  await using database = await createTestSql([...jobsMigrations, ...forwardMigrations]);
  const folder = mkdtempSync(join(tmpdir(), 'nines-forward-'));
  writeFileSync(join(folder, 'alertmanager.yml'), 'route: { receiver: a }\nreceivers: [{ name: a }]\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = (): Promise<Peer> =>
    startPeer('prometheus-alertmanager', [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], async () => (await fetch(`${url}/-/ready`)).ok); // prettier-ignore
  let peer = await start();
  // Ends are told as times: the other side has the clock of this machine.
  const clock = new VirtualClock(Date.now());
  const { sql } = database;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const health = createHealth(clock);
  const alert = { fingerprint: 'f', ruleKey: 'r', labels: { alertname: 'Down', service: 'shop' }, annotations: { summary: 'Restore shop' }, state: 'firing', activeAt: clock.now() - 60_000, firedAt: clock.now() - 60_000, resolvedAt: null as number | null }; // prettier-ignore
  let alerts: (typeof alert)[] = [alert];
  const given = async () => alerts.map((one) => ({ alert: one as unknown as AlertState, endsAt: null, updatedAt: 0, generatorUrl: null }) satisfies FiringAlert); // prettier-ignore
  const forwarder = createForwarder({ sql, clock, jobs, health, targets: [{ url }], alerts: given, url: 'https://nines.example.org' });
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await jobs.idle();
  };
  const known = async (): Promise<{ labels: object; annotations: object; generatorURL: string }[]> => (await (await fetch(`${url}/api/v2/alerts`)).json()) as never; // prettier-ignore
  const state = () => health.list().find(({ component }) => component === 'alerting.forward')?.state;
  try {
    await jobs.start();
    await forwarder.start();
    await pass(LOOK_MS);
    expect(await known()).toMatchObject([
      { labels: alert.labels, annotations: alert.annotations, generatorURL: 'https://nines.example.org/alerts' },
    ]);
    // Started anew with nothing kept, it is told again within the minute.
    await peer.stop('SIGKILL');
    await pass(RESEND_MS + LOOK_MS);
    expect(state()).toBe('degraded');
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    peer = await start();
    expect(await known()).toEqual([]);
    await pass(RESEND_MS + LOOK_MS);
    expect(await known()).toMatchObject([{ labels: alert.labels }]);
    expect(state()).toBe('ok');
    alerts = [{ ...alert, state: 'resolved', resolvedAt: Date.now() - 1_000 }];
    await pass(LOOK_MS);
    expect(await known()).toEqual([]);
  } finally {
    await jobs.stop();
    await peer[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('those that a prometheus.yml finds are told as they want it; nines knows its own telling; one that is silent holds up no other', async () => {
  await using database = await createTestSql([...jobsMigrations, ...forwardMigrations]);
  const { sql } = database;
  const clock = new VirtualClock(1_000_000);
  const jobs = createJobs({ sql, clock, log: silentLog });
  const health = createHealth(clock);
  const alerts = ['shop', 'db'].map((service) => ({ fingerprint: service, ruleKey: 'r', labels: { alertname: 'Down', service }, annotations: {}, state: 'firing', activeAt: 0, firedAt: 0, resolvedAt: null })); // prettier-ignore
  const told: { to: string; labels: object[]; headers: Readonly<Record<string, string>> }[] = [];
  const peer = (key: string, well: () => boolean) => ({
    url: `http://${key}`,
    key,
    labelsFor: (labels: Readonly<Record<string, string>>) => (labels['service'] === 'db' ? undefined : { ...labels, from: key }),
    post: (sent: readonly object[], headers: Readonly<Record<string, string>>) => {
      told.push({ to: key, labels: sent.map((one) => (one as { labels: object }).labels), headers });
      return well() ? Promise.resolve() : Promise.reject(new Error('status 503'));
    },
  });
  let well = false;
  let found = [peer('a', () => true), peer('b', () => well)];
  const list = async () => alerts.map((one) => ({ alert: one as unknown as AlertState, endsAt: null, updatedAt: 0, generatorUrl: null }) satisfies FiringAlert); // prettier-ignore
  const forwarder = createForwarder({ sql, clock, jobs, health, targets: [], found: () => found, alerts: list, url: '' });
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await jobs.idle();
  };
  const problem = () => health.list().find(({ component }) => component === 'alerting.forward')?.problem;
  try {
    await jobs.start();
    await forwarder.start();
    await pass(LOOK_MS);
    expect(told.find(({ to }) => to === 'a')?.labels).toEqual([{ alertname: 'Down', service: 'shop', from: 'a' }]);
    expect(told.filter(({ to }) => to === 'a')).toHaveLength(1);
    expect(problem()).toBe("The Alertmanager at http://b can't be told of alerts: status 503.");
    expect(forwarder.isOwn(told[0]!.headers)).toBe(true);
    expect(forwarder.isOwn({ 'x-nines-forwarder': 'another' })).toBe(false);
    well = true;
    await pass(LOOK_MS);
    expect(problem()).toBe('');
    // One that the file no longer names is told of nothing, and has no problem.
    well = false;
    alerts.pop();
    alerts[0] = { ...alerts[0]!, firedAt: 5 };
    await pass(LOOK_MS);
    expect(problem()).toContain('http://b');
    found = found.slice(0, 1);
    const before = told.filter(({ to }) => to === 'b').length;
    await pass(LOOK_MS);
    expect([problem(), told.filter(({ to }) => to === 'b').length]).toEqual(['', before]);
  } finally {
    await jobs.stop();
  }
});
