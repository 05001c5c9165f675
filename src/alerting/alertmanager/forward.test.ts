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
import type { AlertState } from '../alert.ts';
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
