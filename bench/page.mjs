#!/usr/bin/env node
// How long a failure takes to become a mail, and how many alerts a second are taken: nines beside Prometheus with Alertmanager.
//
//   node bench/page.mjs [--tries 10] [--alerts 10000] [--connections 4] [--only page|events|storm]
//
// Page: a target that is scraped fails; from its first failing answer, which nobody can know before, to the last byte of the mail. Once as
// each comes (scraped and evaluated every 15 s, and a group that waits 30 s), once as fast as each can be set (1 s, 1 s, no wait).
// Events: POST /api/v2/alerts, a hundred alerts a request, until all are answered with 2xx. nines' answer says that they
// are on disk; Alertmanager's that they are in memory. With the processor time that each alert took, and the most memory.
// Storm: the same alerts, a tenth of them critical and told last; until the first mail of a critical one.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { start, stop, TOKEN } from './servers.mjs';

const { values: opt } = parseArgs({
  options: {
    tries: { type: 'string', default: '10' },
    alerts: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '4' },
    only: { type: 'string' },
    cli: { type: 'string', default: path.resolve(import.meta.dirname, '../dist/cli/main.js') },
  },
});
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-bench-page-'));
const folder = (name) => fs.mkdtempSync(path.join(base, `${name}-`));

/** Tells when each mail came, by the word `try-N` in it. */
async function mailServer() {
  const seen = new Map();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _, done) {
      let text = '';
      stream.on('data', (chunk) => (text += chunk));
      stream.on('end', () => {
        const at = performance.now();
        for (const [name] of text.matchAll(/try-\d+/g)) if (!seen.has(name)) seen.set(name, at);
        done();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { seen, port: server.server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** A target with one series a try; tells when each was first answered as failing. */
async function target(tries) {
  const failedAt = new Map();
  const broken = new Set();
  let asked = 0;
  const server = http.createServer((_, response) => {
    const failing = [...broken].filter((name) => !failedAt.has(name));
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(Array.from({ length: tries }, (_, i) => `bench_up{try="try-${i}"} ${broken.has(`try-${i}`) ? 0 : 1}\n`).join(''), () => {
      asked += 1;
      for (const name of failing) failedAt.set(name, performance.now());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { broken, failedAt, asked: () => asked, address: `127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const RULES = { groups: [{ name: 'bench', rules: [{ alert: 'Failing', expr: 'bench_up == 0', labels: { severity: 'critical' }, annotations: { summary: 'Restore {{ $labels.try }}' } }] }] }; // prettier-ignore

async function startNines({ fast, mail, target: { address } }) {
  const config = folder('documents');
  const kind = (kind, name, spec) => JSON.stringify({ apiVersion: 'nines/v1', kind, metadata: { name }, spec });
  const documents = [
    kind('Person', 'ana', { email: 'ana@example.org' }),
    kind('Team', 'shop', { members: ['ana'] }),
    kind('EscalationPolicy', 'default', { steps: [{ notify: [{ person: 'ana' }] }] }),
    kind('Scrape', 'bench', { interval: fast ? '1s' : '15s', timeout: '1s', targets: [`http://${address}/metrics`] }),
  ];
  fs.writeFileSync(path.join(config, 'shop.yaml'), documents.join('\n---\n'));
  // Each try is a failure of its own, and not one more alert of an open page.
  const each = (i) => ({
    ...RULES.groups[0],
    name: `bench ${i}`,
    rules: RULES.groups[0].rules.map((rule) => ({ ...rule, expr: `bench_up{try="try-${i}"} == 0` })),
  });
  fs.writeFileSync(
    path.join(config, 'rules.yaml'),
    JSON.stringify({ groups: Array.from({ length: Number(opt.tries) }, (_, i) => each(i)) }),
  );
  const settings = `smtp: { host: 127.0.0.1, port: ${mail.port}, from: nines@example.org }\n`;
  return [await start('nines', folder('nines'), opt.cli, { config, settings })];
}

async function startPeers({ fast, mail, target: { address } }) {
  const route = { receiver: 'mail', group_by: ['try'], ...(fast && { group_wait: '0s', group_interval: '1s' }) };
  const receiver = {
    name: 'mail',
    email_configs: [{ to: 'ana@example.org', from: 'am@example.org', smarthost: `127.0.0.1:${mail.port}`, require_tls: false }],
  };
  const manager = await start('alertmanager', folder('alertmanager'), opt.cli, { config: { route, receivers: [receiver] } });
  if (!manager) return [];
  const rules = path.join(folder('rules'), 'rules.yml');
  fs.writeFileSync(rules, JSON.stringify(RULES));
  const interval = fast ? 1 : 15;
  const scrapes = [{ job_name: 'bench', static_configs: [{ targets: [address] }] }];
  const prometheus = await start('prometheus', folder('prometheus'), opt.cli, {
    rules: [rules],
    alertmanager: new URL(manager.url).host,
    interval,
    scrapes,
  });
  return prometheus ? [prometheus, manager] : [manager];
}

async function pages(name, begin, fast) {
  const tries = Number(opt.tries);
  const world = { fast, mail: await mailServer(), target: await target(tries) };
  const servers = await begin(world);
  try {
    if (servers.length === 0) return;
    while (world.target.asked() < 2) await pause(50);
    const took = [];
    for (let i = 0; i < tries; i++) {
      const id = `try-${i}`;
      // Not in step with anybody's interval.
      await pause(200 + ((i * 271) % 900));
      const broke = performance.now();
      world.target.broken.add(id);
      while (!world.mail.seen.has(id) && performance.now() - broke < 180_000) await pause(5);
      took.push({ known: world.mail.seen.get(id) - world.target.failedAt.get(id), broke: world.mail.seen.get(id) - broke });
    }
    const figures = (key) => {
      const sorted = took.map((one) => one[key] / 1000).sort((a, b) => a - b);
      return `p50 ${sorted[sorted.length >> 1].toFixed(2)} s, max ${sorted.at(-1).toFixed(2)} s`;
    };
    console.log(
      `${name}, ${fast ? 'as fast as it can be set' : 'as it comes'}: from the failing answer ${figures('known')}; from the failure ${figures('broke')} (${tries} tries)`,
    );
  } finally {
    for (const server of servers) await stop(server);
    world.target.close();
    await world.mail.close();
  }
}

/** Processor time so far in milliseconds, and the most memory so far in MB. */
function used({ pid }) {
  const ticks = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const most = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuMs: (Number(ticks[11]) + Number(ticks[12])) * 10, most: Math.round(Number(most[1]) / 1024) };
}

/** Sends all of them by several connections, a hundred a request, those of the list's beginning first. Returns alerts a second. */
async function post(name, server, headers, alerts) {
  const left = Array.from({ length: alerts.length / 100 }, (_, i) => JSON.stringify(alerts.slice(i * 100, (i + 1) * 100)));
  const began = performance.now();
  await Promise.all(
    Array.from({ length: Number(opt.connections) }, async () => {
      for (let body = left.shift(); body !== undefined; body = left.shift()) {
        const answer = await fetch(`${server.url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        });
        if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
        await answer.text();
      }
    }),
  );
  return Math.round(alerts.length / ((performance.now() - began) / 1000));
}

async function events(name, server, headers) {
  const alerts = Array.from({ length: Number(opt.alerts) }, (_, i) => ({
    labels: { alertname: 'Bench', severity: 'warning', instance: `host-${i}` },
    annotations: { summary: 'Look at it' },
  }));
  const before = used(server);
  const fresh = await post(name, server, headers, alerts);
  const between = used(server);
  const again = await post(name, server, headers, alerts);
  const after = used(server);
  const each = (from, to) => `${Math.round(((to.cpuMs - from.cpuMs) * 1000) / alerts.length)} µs of CPU each`;
  console.log(
    `${name}: ${fresh} new alerts a second (${each(before, between)}), ${again} told again a second (${each(between, after)}); ${after.most} MB at most (${alerts.length} alerts)`,
  );
  await stop(server);
}

async function storm(name, server, headers, mail) {
  const total = Number(opt.alerts);
  const alerts = Array.from({ length: total }, (_, i) => {
    const critical = i >= total * 0.9;
    const service = critical ? 'try-0' : `shop-${i % 200}`;
    return {
      labels: { alertname: 'Bench', severity: critical ? 'critical' : 'warning', service, instance: `host-${i}` },
      annotations: { summary: critical ? 'Restore try-0' : `Look at ${service}` },
    };
  });
  const began = performance.now();
  const sent = post(name, server, headers, alerts);
  while (!mail.seen.has('try-0') && performance.now() - began < 120_000) await pause(5);
  const first = (mail.seen.get('try-0') - began) / 1000;
  const taken = await sent;
  console.log(
    `${name}: a storm of ${total} alerts, the critical ones last: the first critical page after ${first.toFixed(2)} s, ${taken} alerts taken a second, ${used(server).most} MB at most`,
  );
  await stop(server);
}

/** Whom nines calls. */
function onCall() {
  const config = folder('documents');
  const kind = (kind, name, spec) => JSON.stringify({ apiVersion: 'nines/v1', kind, metadata: { name }, spec });
  const policy = kind('EscalationPolicy', 'default', { steps: [{ notify: [{ person: 'ana' }] }] });
  fs.writeFileSync(path.join(config, 'people.yaml'), [kind('Person', 'ana', { email: 'ana@example.org' }), policy].join('\n---\n'));
  return config;
}

/** What Alertmanager mails at once, and what not at all. */
const mailCritical = (port) => ({
  route: {
    receiver: 'none',
    group_by: ['service'],
    routes: [{ receiver: 'mail', matchers: ['severity="critical"'], group_wait: '0s', group_interval: '1s' }],
  },
  receivers: [
    { name: 'none' },
    {
      name: 'mail',
      email_configs: [{ to: 'ana@example.org', from: 'am@example.org', smarthost: `127.0.0.1:${port}`, require_tls: false }],
    },
  ],
});

const wanted = (name) => opt.only === undefined || opt.only === name;
try {
  if (wanted('page'))
    for (const fast of [true, false]) {
      await pages('nines', startNines, fast);
      await pages('Prometheus and Alertmanager', startPeers, fast);
    }
  for (const [what, run] of Object.entries({ events, storm }).filter(([name]) => wanted(name))) {
    for (const name of ['nines', 'alertmanager']) {
      const mail = await mailServer();
      const settings = `smtp: { host: 127.0.0.1, port: ${mail.port}, from: nines@example.org }\n`;
      const none = { route: { receiver: 'none' }, receivers: [{ name: 'none' }] };
      const peer = { config: what === 'storm' ? mailCritical(mail.port) : none };
      const more = name === 'nines' ? { settings, ...(what === 'storm' && { config: onCall() }) } : peer;
      const server = await start(name, folder(name), opt.cli, more);
      const headers = name === 'nines' ? { authorization: `Bearer ${TOKEN}` } : {};
      if (server) await run(name === 'nines' ? name : 'Alertmanager', server, headers, mail);
      await mail.close();
    }
  }
} finally {
  fs.rmSync(base, { recursive: true, force: true });
}
