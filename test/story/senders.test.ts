/** Alerts of others on the built nines, by real senders: plaintext Graphite, an Alertmanager's webhook, mail, PagerDuty's API, a wrapped job; and a kill. */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import type { Alert } from '../../src/alerting/contract.ts';
import type { GraphiteRuleDetail } from '../../src/alerting/graphite-rules/contract.ts';
import type { HeartbeatDetail } from '../../src/alerting/heartbeat/contract.ts';
import { execNines } from '../harness/exec-nines.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { has, startPeer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

const DOCUMENTS = `
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana] }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: web }
spec: { team: web, steps: [{ notify: [{ person: ana }] }] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { owner: web, escalation: web }
---
apiVersion: nines/v1
kind: GraphiteRule
metadata: { name: disk }
spec: { target: 'servers.*.disk.free', service: shop, interval: 5s, window: 20s, today: { below: 15 }, missing: { after: 20s } }
---
apiVersion: nines/v1
kind: Heartbeat
metadata: { name: backup }
spec: { service: shop, every: 1h, token: '\${BACKUP_TOKEN}' }
---
apiVersion: nines/v1
kind: Integration
metadata: { name: pd }
spec: { type: pagerduty, service: shop, secret: '\${PD_KEY}' }
---
apiVersion: nines/v1
kind: Integration
metadata: { name: am }
spec: { type: alertmanager }
---
apiVersion: nines/v1
kind: Integration
metadata: { name: mails }
spec: { type: email, mail: { recipients: [alerts@nines.example.org] } }
`;

/** Sends lines as carbon's clients do. */
const plaintext = (port: number, lines: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(lines, () => resolve()));
    socket.on('error', reject);
  });

async function tellAlertmanager(port: number): Promise<void> {
  const alerts = [
    { labels: { alertname: 'QueueFull', severity: 'critical', service: 'shop' }, annotations: { summary: 'Drain the queue' } },
  ];
  await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
}

test.skipIf(!has('prometheus-alertmanager'))(
  'others tell of alerts, and nothing of it is lost to a kill (needs prometheus-alertmanager)',
  async ({ onTestFinished }) => {
    const [graphite, smtp, alertmanager] = [await freePort(), await freePort(), await freePort()];
    const listen = { statsd: false, graphite, graphitePickle: false, otlpHttp: false, otlpGrpc: false };
    const settings = `listen: ${JSON.stringify(listen)}\ninbound: { smtp: ${smtp} }\n`;
    await using nines = await NinesProcess.start({
      files: { 'nines.yaml': settings, 'all.yaml': DOCUMENTS },
      environment: { NINES_LISTEN: undefined, PD_KEY: 'a'.repeat(32), BACKUP_TOKEN: 'backup-secret' },
    });
    const firing = async (): Promise<string[]> => {
      const { alerts } = await nines.ask<{ alerts: Alert[] }>('GET', '/nines/v1/alerts?state=firing');
      return alerts.map(({ source, annotations }) => `${source}: ${annotations['summary']}`).sort();
    };
    let seen: string[] = [];
    const fires = (what: string, seconds = 30): Promise<unknown> =>
    waitFor(() => `${what}; there is ${seen.join(', ')}`, async () => (seen = await firing()).includes(what), seconds); // prettier-ignore
    const servers = async (...names: string[]): Promise<void> => {
      const now = Math.floor(Date.now() / 1000);
      await plaintext(graphite, names.map((name) => `servers.${name}.disk.free ${name === 'db' ? 9 : 50} ${now}\n`).join(''));
    };

    await waitFor('the Graphite port', () => servers('web', 'db').then(() => true, () => false)); // prettier-ignore
    // As a server sends: again and again, since what came while nines began may be older than the rule's window by its first look.
    const both = setInterval(() => void servers('web', 'db').catch(() => undefined), 3_000);
    onTestFinished(() => clearInterval(both));
    await fires('graphite/disk: disk: servers.db.disk.free is 9', 60);

    const event = {
      routing_key: 'a'.repeat(32),
      event_action: 'trigger',
      dedup_key: 'k',
      payload: { summary: 'Stop the leak', source: 'h', severity: 'critical' },
    };
    const taken = await fetch(`${nines.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(event) });
    expect(taken.status).toBe(202);
    await createTransport({ host: '127.0.0.1', port: smtp, ignoreTLS: true }).sendMail({
      from: 'n@example.org',
      to: 'alerts@nines.example.org',
      subject: 'PROBLEM: Freezer',
    });
    await fires('pagerduty/pd: Stop the leak');
    await fires('email/mails: PROBLEM: Freezer');

    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-am-'));
    const url = `${nines.url}/nines/v1/inbound/am`;
    fs.writeFileSync(
      path.join(folder, 'am.yml'),
      `route: { receiver: nines, group_wait: 1s }\nreceivers:\n  - name: nines\n    webhook_configs: [{ url: '${url}', http_config: { authorization: { credentials: '${TOKEN}' } } }]\n`,
    );
    await using _peer = await startPeer(
      'prometheus-alertmanager',
      [
        `--config.file=${folder}/am.yml`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${alertmanager}`,
        '--cluster.listen-address=',
      ],
      async () => (await fetch(`http://127.0.0.1:${alertmanager}/-/ready`)).ok,
    );
    await tellAlertmanager(alertmanager);
    await fires('alertmanager/am: Drain the queue');

    // As a crontab has it: the job's own exit code, with the heartbeat's own secret.
    const job = await execNines(nines, [
      'heartbeat',
      'run',
      'backup',
      '--token',
      'backup-secret',
      '--',
      process.execPath,
      '-e',
      "console.log('no space left'); process.exitCode = 3",
    ]);
    expect(job.text).toContain('no space left');
    await fires('heartbeat/backup: Fix backup: exit code 3');
    const before = await firing();

    // From here on one is missing: what it takes to be told so must not pass before nines is up again.
    clearInterval(both);
    await nines.kill();
    await nines.start();
    expect(await firing()).toEqual(before);
    expect(await nines.ask<HeartbeatDetail>('GET', '/nines/v1/heartbeats/backup')).toMatchObject({
      status: 'failed',
      exitCode: 3,
      output: 'no space left',
    });
    // One of two servers is heard of again: the other was there before the kill, and is missed.
    await waitFor('the Graphite port', () => servers('web').then(() => true, () => false)); // prettier-ignore
    const sending = setInterval(() => void servers('web').catch(() => undefined), 5_000);
    try {
      await fires('graphite/disk: Check servers.db.disk.free: it sends nothing', 90);
    } finally {
      clearInterval(sending);
    }
    const rule = await nines.ask<GraphiteRuleDetail>('GET', '/nines/v1/graphite-rules/disk');
    expect(rule.known.map(({ series, state }) => `${series} ${state}`)).toEqual([
      'servers.db.disk.free missing',
      'servers.web.disk.free ok',
    ]);
    await nines.ask('POST', '/nines/v1/graphite-rules/disk/forget', { series: 'servers.db.disk.free' });
    expect((await firing()).filter((one) => one.startsWith('graphite'))).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  },
  240_000,
);
