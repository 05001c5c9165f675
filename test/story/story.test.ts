/** The main story on real parts: an nginx and a node exporter watched from a folder of documents, from failure to postmortem. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { BacktestAnswer } from '../../src/alerting/backtest/contract.ts';
import type { Incident } from '../../src/incidents/contract.ts';
import type { PostmortemDetail } from '../../src/postmortems/contract.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

const PEOPLE = `
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana, ben] }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana, displayName: Ana Lima }
spec: { email: ana@example.org, timeZone: Europe/Berlin }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ben }
spec: { email: ben@example.org }
---
apiVersion: nines/v1
kind: Schedule
metadata: { name: web }
spec:
  team: web
  timeZone: Europe/Berlin
  rotation: { people: [ana, ben], start: '2026-01-05', length: 1w, handover: { day: monday, time: '09:00' } }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: web }
spec:
  team: web
  steps:
    - notify: [{ schedule: web, layer: primary }]
    - after: 5m
      notify: [{ schedule: web, layer: secondary }]
`;

const services = (nginx: number, exporter: number): string => `
apiVersion: nines/v1
kind: Service
metadata: { name: shop, displayName: Shop }
spec: { owner: web, tier: 1, runbook: 'https://example.org/runbooks/shop', escalation: web }
---
apiVersion: nines/v1
kind: Probe
metadata: { name: shop-front }
spec:
  service: shop
  interval: 1s
  http: { url: 'http://127.0.0.1:${nginx}/', expect: { status: 200, body: 'open for business' } }
---
apiVersion: nines/v1
kind: Scrape
metadata: { name: node }
spec: { targets: ['127.0.0.1:${exporter}'], interval: 5s }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: shop-front, displayName: The front page answers }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  indicator:
    metadata: { name: shop-front }
    spec:
      ratioMetric:
        counter: false
        good: { metricSource: { type: prometheus, spec: { query: 'sum_over_time(probe_success{probe="shop-front"}[{{.window}}])' } } }
        total: { metricSource: { type: prometheus, spec: { query: 'count_over_time(probe_success{probe="shop-front"}[{{.window}}])' } } }
  objectives: [{ target: 0.999 }]
`;

async function startNginx(port: number): Promise<Peer> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-nginx-'));
  fs.mkdirSync(path.join(directory, 'html'));
  fs.chmodSync(directory, 0o755);
  fs.writeFileSync(path.join(directory, 'html/index.html'), 'The shop is open for business.');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  fs.writeFileSync(
    path.join(directory, 'nginx.conf'),
    `daemon off; ${user} pid ${directory}/pid; error_log stderr; events {}
     http { access_log off; client_body_temp_path ${directory}/b; proxy_temp_path ${directory}/p; fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;
       server { listen 127.0.0.1:${port}; root ${directory}/html; } }`,
  );
  return startPeer('nginx', ['-c', path.join(directory, 'nginx.conf')], async () => (await fetch(`http://127.0.0.1:${port}/`)).ok);
}

test.skipIf(!has('nginx') || !has('prometheus-node-exporter'))(
  'nginx fails: page, acknowledgement, all-clear, postmortem',
  { timeout: 120_000 },
  async () => {
    const [nginxPort, exporterPort] = [await freePort(), await freePort()];
    await using mail = await startMailServer();
    await using nginx = await startNginx(nginxPort);
    await using exporter = await startPeer(
      'prometheus-node-exporter',
      [`--web.listen-address=127.0.0.1:${exporterPort}`],
      async () => (await fetch(`http://127.0.0.1:${exporterPort}/metrics`)).ok,
    );
    await using nines = await NinesProcess.start({
      makesDatabase: true,
      files: {
        'nines.yaml': `smtp: { host: 127.0.0.1, port: ${mail.port}, from: 'nines <nines@example.org>' }\n`,
        'people.yaml': PEOPLE,
        'services.yaml': services(nginxPort, exporterPort),
      },
    });
    expect(exporter.pid).toBeGreaterThan(0);

    // All is well, and the exporter's samples can be asked for.
    const vector = async (query: string): Promise<number[]> => {
      const { data } = await nines.ask<{ data: { result: { value: [number, string] }[] } }>(
        'GET',
        `/api/v1/query?${new URLSearchParams({ query }).toString()}`,
      );
      return data.result.map(({ value }) => Number(value[1]));
    };
    await waitFor(
      () => `the first probes; nines said:\n${nines.output}`,
      async () => (await vector('count_over_time(probe_success{probe="shop-front"}[1m]) >= 3')).length > 0,
    );
    await waitFor('the exporter', async () => (await vector('node_memory_MemTotal_bytes{job="node"}')).length > 0);
    await nines.ask('POST', '/nines/v1/changes', { kind: 'deploy', service: 'shop', version: '2.4.1', title: 'Deploy shop 2.4.1' });

    // It breaks. The page comes by mail, to the one who is on call.
    await nginx.stop();
    const page = await waitFor('the page', () => mail.mails[0]);
    const onCall = await nines.ask<{ schedules: { primary: { name: string } }[] }>('GET', '/nines/v1/oncall/now');
    const primary = onCall.schedules[0]?.primary.name ?? '';
    expect(page.to_).toEqual([`${primary}@example.org`]);
    expect((page.subject ?? '').length).toBeLessThan(50);
    for (const part of ['connection refused', 'https://example.org/runbooks/shop', 'Deploy shop 2.4.1', '/graph?'])
      expect(page.text).toContain(part);

    // A mail scanner looks at the link and presses nothing; the person does.
    const link = /http:\/\/\S+\/a\/\w+/.exec(page.text ?? '')?.[0] ?? '';
    for (const method of ['HEAD', 'GET']) await fetch(link, { method });
    const pages = async () =>
      (await nines.ask<{ pages: { id: string; state: string; acknowledgedBy: string | null }[] }>('GET', '/nines/v1/pages')).pages;
    expect((await pages())[0]?.state).toBe('triggered');
    expect((await fetch(link, { method: 'POST' })).ok).toBe(true);
    expect((await pages())[0]).toMatchObject({ state: 'acknowledged', acknowledgedBy: primary });

    // An incident is open, and who came first commands it.
    const incidents = async () => (await nines.ask<{ incidents: Incident[] }>('GET', '/nines/v1/incidents')).incidents;
    const opened = await waitFor('the incident', async () => (await incidents())[0]);
    expect(opened).toMatchObject({ number: 1, state: 'open', services: ['shop'], roles: { commander: primary } });
    await nines.ask('POST', `/nines/v1/incidents/${opened.id}/notes`, { text: 'nginx is not running; starting it' });

    // It is mended; the outage ends, and everyone who was told hears of it.
    await using again = await startNginx(nginxPort);
    expect(again.pid).toBeGreaterThan(0);
    await waitFor('the page to resolve', async () => (await pages())[0]?.state === 'resolved');
    await waitFor('the mail that says so', () => mail.mails.length >= 2);
    await nines.ask('POST', `/nines/v1/incidents/${opened.id}/all-clear`, { text: 'Serving again.' });

    // Four fifths of the postmortem are written.
    const closed = await waitFor('the postmortem', async () => (await incidents()).find(({ postmortem }) => postmortem !== null));
    const { markdown, mttaMs, mttrMs } = await nines.ask<PostmortemDetail>('GET', `/nines/v1/postmortems/${closed.postmortem}`);
    for (const part of [
      'Outage begins',
      'Outage ends',
      'nginx is not running; starting it',
      'Deploy shop 2.4.1',
      'Action items',
      'Root cause',
      'The front page answers',
    ]) {
      expect(markdown.toLowerCase()).toContain(part.toLowerCase());
    }
    expect(mttaMs).toBeGreaterThan(0);
    expect(mttrMs).toBeGreaterThan(mttaMs ?? 0);

    // A rule for it is tried over what was stored: it would have called the same person, and caught the incident; one with another
    // threshold, beside it, would have called nobody.
    const rule = { alert: 'FrontDown', expr: 'probe_success{probe="shop-front"} < 0.5', labels: { service: 'shop', severity: 'critical' } };
    const tried = await nines.ask<BacktestAnswer>('POST', '/nines/v1/backtest', { rule, days: 0.02, against: 'nothing' });
    expect(tried.results[0]?.after).toMatchObject({
      pages: 1,
      called: [{ person: primary, calls: 1 }],
      nobody: 0,
      noise: 0,
      failed: 0,
      missed: [],
    });
    expect(tried.results[0]?.after.caught).toMatchObject([
      { number: 1, title: opened.title, beforeDeclaredMs: expect.any(Number) as number },
    ]);
    expect(tried.notes.join(' ')).toContain('People are those of the schedules, policies and teams as they were');
    expect(tried.markdown).toContain('FrontDown');
    const { results } = await nines.ask<BacktestAnswer>('POST', '/nines/v1/backtest', {
      rule,
      threshold: -1,
      days: 0.02,
      against: 'nothing',
    });
    expect(results[0]?.after).toMatchObject({ pages: 0, called: [], caught: [], missed: [{ number: 1 }] });
  },
);
