/**
 * The demo: nines beside the URL shortener, on loopback, with everything in ./demo-data.
 *
 *   node dist/examples/demo/main.js [--data DIR]
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startController } from './controller.ts';
import { createProcesses, built } from './processes.ts';
import { createWorld, until } from './world.ts';

const { values } = parseArgs({ options: { data: { type: 'string', default: './demo-data' }, port: { type: 'string', default: '9900' } } });
const nines = `http://127.0.0.1:${values.port}`;
const token = randomBytes(24).toString('base64url');
const password = 'nines-demo';
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const ask = async (method: string, address: string, body: unknown): Promise<number> => {
  const answer = await fetch(`${nines}${address}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return answer.status;
};

const processes = createProcesses(path.join(values.data, 'logs'));
const world = createWorld(processes, path.join(values.data, 'shortener'), {
  change: async (body) => void (await ask('POST', '/nines/v1/changes', body)),
});
const stop = (): void => {
  say('\nStopping …');
  void processes.stopAll().then(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

say('Starting the shortener: a store, a visit log, three instances, a balancer, its users …');
await world.start();
say('Starting nines …');
// The documents are read where they are, beside the sources: edit one and watch nines take it.
const config = path.resolve(built, '../examples/demo/config');
processes.start(
  'nines',
  'cli/main.js',
  ['up', '--host', '127.0.0.1', '--port', values.port, '--data', path.join(values.data, 'nines'), '--config', config],
  {
    NINES_ADMIN_TOKEN: token,
    NINES_MAILBOX: '1',
    NINES_URL: `http://localhost:${values.port}`,
    UV_THREADPOOL_SIZE: '16',
  },
);
await until(() =>
  fetch(`${nines}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  ),
);
// 409: the account is there from the last time.
for (const [name, email, role] of [
  ['Ana Lima', 'ana@example.org', 'admin'],
  ['Ben Okoro', 'ben@example.org', 'responder'],
]) {
  await ask('POST', '/nines/v1/accounts', { name, email, role, password });
}
await ask('POST', '/nines/v1/changes', {
  kind: 'deploy',
  service: 'shortener',
  version: '1.0.0',
  title: 'Deploy shortener 1.0.0',
  by: 'pipeline',
});
const controller = await startController(world, 9930);

say(`
nines watches a URL shortener with three instances, its store and its visit log.

  Open            http://localhost:${values.port}     as ana@example.org, password ${password}
  The mailbox     http://localhost:${values.port}/mail
  The shortener   http://127.0.0.1:9910

In a second terminal, break something and follow the story:

  npm run nines -- demo break deploy       (or: errors, latency, crash, dependency)
     → within a minute a page is in the mailbox: open it, press 'Acknowledge', open the incident
  npm run nines -- demo heal
     → the alerts resolve; call the all-clear; read the postmortem draft

Ctrl-C stops everything; what happened stays in ${values.data}. (Control: 127.0.0.1:${controller.port})`);
