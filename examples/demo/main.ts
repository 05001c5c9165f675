/** The demo: nines beside the URL shortener, on loopback, with everything in ./demo-data. See options.ts. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/platform/package-root.ts';
import { startController } from './controller.ts';
import { writeDocuments } from './documents.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { refuseTakenPorts } from './ports.ts';
import { createProcesses, type Processes } from './processes.ts';
import { createWorld, GOOD, until } from './world.ts';

const PASSWORD = 'nines-demo';
/** npm hands a Ctrl-C on that the terminal has sent already: only one that comes later asks for haste. */
const SAME_CTRL_C_MS = 1_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** On Ctrl-C, and when the terminal is closed. A second one doesn't wait. */
function stopOnSignals(processes: Processes): void {
  let asked: number | undefined;
  const stop = (): void => {
    if (asked !== undefined && performance.now() - asked < SAME_CTRL_C_MS) return;
    if (asked !== undefined) {
      processes.killAll();
      process.exit(1);
    }
    asked = performance.now();
    say('\nStopping …');
    void processes.stopAll().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

type Ask = <T>(method: string, address: string, body?: unknown, asToken?: string) => Promise<T | undefined>;

/** Asks nines, with every right where no other token is given; undefined for what it refuses. */
function createAsk(url: string, token: string): Ask {
  return async <T>(method: string, address: string, body?: unknown, asToken = token): Promise<T | undefined> => {
    const answer = await fetch(`${url}${address}`, {
      method,
      headers: { authorization: `Bearer ${asToken}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    return answer.ok ? ((await answer.json()) as T) : undefined;
  };
}

/** Tells nines of changes as a pipeline does: by a token of its own, which is made once and kept with the data. */
async function createPipeline(ask: Ask, file: string): Promise<(change: object) => Promise<void>> {
  if (!fs.existsSync(file)) {
    const made = await ask<{ secret: string }>('POST', '/nines/v1/tokens', { name: 'pipeline', scope: 'intake' });
    if (made !== undefined) fs.writeFileSync(file, made.secret, { mode: 0o600 });
  }
  const secret = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  return async (change) => void (await ask('POST', '/nines/v1/changes', change, secret));
}

/** A demo that was ended with the bad version out begins with the good one: the ledger must say so. */
async function tellOfRollback(ask: Ask, tell: (change: object) => Promise<void>): Promise<void> {
  const last = await ask<{ changes: { data: { version?: string } }[] }>('GET', '/nines/v1/changes?service=shortener&limit=1');
  const version = last?.changes[0]?.data.version;
  if (version === undefined || version === GOOD) return;
  await tell({ kind: 'rollback', service: 'shortener', version: GOOD, title: `Roll shortener back to ${GOOD}`, by: 'pipeline' });
}

async function startNines(processes: Processes, { data, ports }: Options, token: string): Promise<void> {
  const config = path.join(data, 'config');
  writeDocuments(path.join(PACKAGE_ROOT, 'examples/demo/config'), config, ports, Date.now());
  processes.start(
    'nines',
    'cli/main.js',
    ['up', '--host', '127.0.0.1', '--port', String(ports.nines), '--data', path.join(data, 'nines'), '--config', config],
    { NINES_ADMIN_TOKEN: token, NINES_MAILBOX: '1', NINES_URL: `http://localhost:${ports.nines}`, UV_THREADPOOL_SIZE: '16' },
  );
  await until(
    'nines to be ready',
    () => fetch(`http://127.0.0.1:${ports.nines}/-/ready`).then(({ ok }) => ok, () => false),
    () => processes.expectRunning('nines'),
  );
} // prettier-ignore

/** Both accounts; those of the last time are there already. */
async function makeAccounts(ask: Ask): Promise<void> {
  for (const [name, email, role] of [
    ['Ana Lima', 'ana@example.org', 'admin'],
    ['Ben Okoro', 'ben@example.org', 'responder'],
  ]) {
    await ask('POST', '/nines/v1/accounts', { name, email, role, password: PASSWORD });
  }
}

const welcome = ({ ports, data, controllerOption }: Options): string => `
nines watches a URL shortener: three instances behind a balancer, a link store, a visit log, and users.

  nines           http://localhost:${ports.nines}         sign in as ana@example.org, password ${PASSWORD}
  Ana's mailbox   http://localhost:${ports.nines}/mail
  The shortener   http://localhost:${ports.balancer}

Ana is on call. Break something, in a second terminal:

  npm run nines -- demo break deploy${controllerOption}
                              or: errors, latency, crash, dependency

  1. Within 15 seconds a page is in the mailbox. Open it and press 'Acknowledge'.
  2. Open the incident: what is broken, what changed, who is on it.
  3. Mend it:  npm run nines -- demo heal${controllerOption}
  4. About a minute later the outage is over: press 'All clear', and read the postmortem draft.

Ctrl-C stops everything. What happened stays in ${data}; the documents are in ${path.join(data, 'config')}: edit one, and nines takes it.`;

async function run(options: Options): Promise<void> {
  const { data, ports } = options;
  await refuseTakenPorts(ports);
  const token = randomBytes(24).toString('base64url');
  const ask = createAsk(`http://127.0.0.1:${ports.nines}`, token);
  const processes = createProcesses(path.join(data, 'logs'));
  stopOnSignals(processes);
  // Nothing is deployed before nines is there to hear of it.
  let tell: (change: object) => Promise<void> = async () => undefined;
  const world = createWorld(processes, { ports, data: path.join(data, 'shortener'), change: (body) => tell(body) });
  try {
    say('Starting the shortener …');
    await world.start();
    say('Starting nines …');
    await startNines(processes, options, token);
    await makeAccounts(ask);
    tell = await createPipeline(ask, path.join(data, 'nines', 'pipeline-token'));
    await tellOfRollback(ask, tell);
    await startController(world, ports.controller);
    say(welcome(options));
  } catch (error) {
    say(`\nThe demo could not start: ${messageOf(error)}`);
    await processes.stopAll();
    process.exit(1);
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) say(USAGE);
  else await run(options);
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
}
