// The targets of `node bench/run.mjs scrape`, a process of its own: one address of 127.0.0.0/8 for each, all on one port, as many
// connections as there are targets. Says { port } once all listen, and { asked } for each message: how often they were scraped.
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { addressOf } from './scrape.mjs';

const [targets, series, gzip] = process.argv.slice(2).map(Number);

/** The fleet's shape: an HTTP service's counters and histogram, its host, and gauges up to the number of series. */
function* shape() {
  const paths = ['/', '/basket', '/pay', '/login', '/search', '/api/orders', '/api/users', '/health'];
  yield ['# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n'];
  for (const path of paths)
    for (const code of ['200', '404', '500'])
      for (const method of ['GET', 'POST']) yield [`http_requests_total{path="${path}",code="${code}",method="${method}"} `, 40];
  yield ['# HELP http_request_duration_seconds How long they took.\n# TYPE http_request_duration_seconds histogram\n'];
  for (const path of paths) {
    for (const le of ['0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'])
      yield [`http_request_duration_seconds_bucket{path="${path}",le="${le}"} `, 20];
    yield [`http_request_duration_seconds_sum{path="${path}"} `, 3.25];
    yield [`http_request_duration_seconds_count{path="${path}"} `, 20];
  }
  yield ['# TYPE node_cpu_seconds_total counter\n'];
  for (let cpu = 0; cpu < 4; cpu++)
    for (const mode of ['idle', 'user', 'system', 'iowait', 'irq', 'steal'])
      yield [`node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"} `, 0.37];
  for (let i = 0; ; i++) {
    yield [`# HELP app_gauge_${i} A gauge.\n# TYPE app_gauge_${i} gauge\n`, 0];
    yield [`app_gauge_${i} `, 1];
  }
}

const lines = [];
for (const [text, rate] of shape()) {
  if (lines.filter((one) => one.rate > 0).length >= series) break;
  lines.push({ text, rate: rate ?? 0 });
}

/** A counter of the target's own pace: every value differs from target to target, and from scrape to scrape. */
function exposition(target, round) {
  let body = '';
  for (let i = 0; i < lines.length; i++) {
    const { text, rate } = lines[i];
    if (rate === 0) body += text;
    else body += `${text}${Math.round((1e4 + rate * (round + 1) * (target + i + 7)) * 100) / 100}\n`;
  }
  return body;
}

let asked = 0;
const rounds = new Uint32Array(targets);
const answer = (target) => (request, response) => {
  asked++;
  let body = Buffer.from(exposition(target, rounds[target]++));
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  if (gzip && request.headers['accept-encoding']?.includes('gzip')) {
    body = gzipSync(body, { level: 1 });
    headers['content-encoding'] = 'gzip';
  }
  response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
};

const listen = (target, port) =>
  new Promise((resolve, reject) => {
    const server = http.createServer({ keepAliveTimeout: 120_000 }, answer(target));
    server.on('error', reject).listen(port, addressOf(target), 4, () => resolve(server.address().port));
  });

const port = await listen(0, 0);
for (let target = 1; target < targets; target++) await listen(target, port);
process.on('message', () => process.send({ asked }));
process.on('disconnect', () => process.exit());
process.send({ port });
