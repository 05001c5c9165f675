// `node bench/run.mjs latency`: how long a failing sample takes to an alert, under the fleet's traffic. For nines until its list of
// alerts has it as firing; for Prometheus until it tells Alertmanager (POST /api/v2/alerts), which would then wait for its group.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { send, live, requestsOf } from './rules.mjs';
import { start, stop, TOKEN } from './servers.mjs';
import { encodeSample } from './encode-sample.mjs';

const RULE = (interval) => [
  { name: 'latency', interval, rules: [{ alert: 'Failing', expr: 'bench_up == 0', labels: { severity: 'today' }, annotations: { summary: 'Look' } }] }, // prettier-ignore
];

/** Takes the place of Alertmanager: tells of each alert that fires, by its label `try`. */
async function receiver() {
  const seen = new Map();
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      try {
        for (const { labels, endsAt } of JSON.parse(text || '[]'))
          if (labels?.try !== undefined && !(Date.parse(endsAt) < Date.now()) && !seen.has(labels.try)) seen.set(labels.try, Date.now());
      } catch {
        // What isn't a list of alerts isn't for us.
      }
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, port: server.address().port, close: () => server.close() };
}

/** Follows what fires at nines, by asking for its alerts again and again. */
function follow(server) {
  const seen = new Map();
  const over = new AbortController();
  const done = (async () => {
    while (!over.signal.aborted) {
      const answer = await fetch(`${server.url}/nines/v1/alerts?state=firing`, { headers: { authorization: `Bearer ${TOKEN}` } });
      const { alerts } = await answer.json();
      for (const { labels } of alerts) if (labels.try !== undefined && !seen.has(labels.try)) seen.set(labels.try, Date.now());
      await pause(10);
    }
  })();
  return { seen, close: () => (over.abort(), done) };
}

async function measure(name, { base, cli, fleet, tries, interval, load }) {
  const hook = name === 'nines' ? undefined : await receiver();
  const groups = RULE(`${interval}s`);
  const folder = fs.mkdtempSync(path.join(base, 'rules-'));
  const file = path.join(folder, 'rules.yml');
  fs.writeFileSync(file, JSON.stringify({ groups }));
  const server = await start(name, base, cli, { rules: [file], ...(hook && { alertmanager: `127.0.0.1:${hook.port}`, interval }) });
  if (!server) return hook?.close();
  const watch = hook ?? follow(server);
  try {
    const seconds = tries * 2 + 30;
    const about = fleet(path.join(base, 'fleet.rw'), seconds);
    const until = Date.now() + seconds * 1000;
    const sending = load ? live(server, requestsOf(about.file), { ...about, until }) : Promise.resolve();
    await pause(5_000);
    const took = [];
    for (let i = 0; i < tries; i++) {
      const id = `${interval}-${i}`;
      const began = Date.now();
      await send(server.url, encodeSample({ __name__: 'bench_up', try: id }, 0, began));
      while (!watch.seen.has(id) && Date.now() - began < 60_000) await pause(5);
      took.push((watch.seen.get(id) ?? Infinity) - began);
      // Not in step with anybody's interval.
      await pause(137 + ((i * 271) % 900));
    }
    await sending;
    took.sort((a, b) => a - b);
    return { name: name === 'nines' ? name : `${name}, every ${interval} s`, p50: took[took.length >> 1], p99: took[Math.ceil(took.length * 0.99) - 1] };
  } finally {
    await watch.close();
    await stop(server);
  }
} // prettier-ignore

export async function benchLatency(options) {
  const rows = [await measure('nines', { ...options, base: fs.mkdtempSync(path.join(options.base, 'a-')), interval: 15 })];
  for (const interval of [15, 1])
    rows.push(await measure('prometheus', { ...options, tries: interval === 15 ? Math.ceil(options.tries / 4) : options.tries, base: fs.mkdtempSync(path.join(options.base, 'b-')), interval })); // prettier-ignore
  return rows.filter((row) => row !== undefined);
}
