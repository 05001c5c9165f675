// `node bench/run.mjs scrape`: 2,000 targets of 200 series every 15 seconds, scraped by nines and by Prometheus, one after the other.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuOf, rssOf } from './rules.mjs';
import { start, stop, TOKEN } from './servers.mjs';

/** Each target has an address of its own. */
export const addressOf = (target) => `127.7.${Math.floor(target / 250)}.${(target % 250) + 1}`;

/** The targets, as each server's configuration has them. */
function configure(base, addresses, interval) {
  const folder = path.join(base, 'documents');
  fs.mkdirSync(folder, { recursive: true });
  const spec = { job: 'fleet', interval: `${interval}s`, targets: addresses };
  const document = { apiVersion: 'nines/v1', kind: 'Scrape', metadata: { name: 'fleet' }, spec };
  fs.writeFileSync(path.join(folder, 'fleet.yaml'), JSON.stringify(document));
  const scrapes = [{ job_name: 'fleet', scrape_interval: `${interval}s`, scrape_timeout: '10s', static_configs: [{ targets: addresses }] }];
  return { config: folder, scrapes };
}

async function ask(url, query) {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { data } = await answer.json();
  return Number(data?.result[0]?.value[1] ?? NaN);
}

async function measure(name, { base, cli, servedBy, configured, count, interval, seconds }) {
  const asked = async () => {
    servedBy.send('asked');
    return (await once(servedBy, 'message'))[0].asked;
  };
  const server = await start(name, base, cli, configured);
  if (!server) return undefined;
  try {
    // A round in which everything is new, and one in which it isn't.
    await pause(2 * interval * 1000 + 2000);
    const [before, from, began] = [cpuOf(server.pid), await asked(), performance.now()];
    await pause(seconds * 1000);
    const took = (performance.now() - began) / 1000;
    const [cpu, scrapes] = [cpuOf(server.pid) - before, (await asked()) - from];
    const window = `${Math.floor(seconds / interval) * interval}s`;
    const due = count * Math.floor(seconds / interval);
    return {
      name,
      cores: cpu / took,
      perSample: (cpu / (scrapes * configured.series)) * 1e6,
      scrapes,
      due: Math.round((count * took) / interval),
      missing: due - (await ask(server.url, `sum(count_over_time(up{job="fleet"}[${window}]))`)),
      down: (await ask(server.url, 'count(up{job="fleet"} == 0)')) || 0,
      p50: (await ask(server.url, 'quantile(0.5, scrape_duration_seconds{job="fleet"})')) * 1000,
      p99: (await ask(server.url, 'quantile(0.99, scrape_duration_seconds{job="fleet"})')) * 1000,
      series: await ask(server.url, 'count({job="fleet"})'),
      rss: rssOf(server.pid),
    };
  } finally {
    await stop(server);
  }
}

/** @returns one row for each server, in the order of `names` */
export async function benchScrape({ base, cli, count, series, interval, seconds, gzip, names }) {
  const servedBy = fork(path.join(import.meta.dirname, 'scrape-targets.mjs'), [count, series, gzip ? 1 : 0].map(String));
  try {
    const [{ port }] = await once(servedBy, 'message');
    const addresses = Array.from({ length: count }, (_, target) => `${addressOf(target)}:${port}`);
    const configured = { ...configure(base, addresses, interval), series };
    const rows = [];
    for (const name of names) {
      const row = await measure(name, { base, cli, servedBy, configured, count, interval, seconds });
      if (row) rows.push(row);
    }
    return rows;
  } finally {
    servedBy.disconnect();
  }
}
