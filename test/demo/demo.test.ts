/** The demo as a newcomer runs it: break, page, acknowledge, heal, all-clear, postmortem, and nothing left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { portsFrom, refuseTakenPorts } from '../../examples/demo/ports.ts';
import type { MailboxMessage } from '../../src/delivery/contract.ts';
import type { Incident } from '../../src/incidents/contract.ts';
import type { Page } from '../../src/oncall/contract.ts';
import type { PostmortemDetail } from '../../src/postmortems/contract.ts';
import { waitFor } from '../harness/nines-process.ts';

const PROGRAM = path.resolve('dist/examples/demo/main.js');
const STORY_MS = 180_000;
const SEES_PROCESSES = fs.existsSync('/proc/self/cmdline');

/** The demo in a process of its own. Its folder goes with it. */
class Demo implements AsyncDisposable {
  readonly data: string;
  output = '';
  readonly child: ChildProcess;
  readonly ports;

  constructor(base: number, data: string) {
    this.data = data;
    this.ports = portsFrom(base);
    this.child = spawn(process.execPath, [PROGRAM, '--data', this.data, '--base-port', String(base)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (data: Buffer) => (this.output += data.toString()));
  }

  /** Resolves once it has said how to go on. */
  async ready(): Promise<void> {
    await waitFor(
      () => `the demo to start; it said:\n${this.output}`,
      () => this.output.includes('Ctrl-C') || this.child.exitCode !== null,
      90,
    );
    expect(this.child.exitCode, this.output).toBeNull();
  }

  /** Its processes, by the folder that each has on its command line, or the port of one that has none. */
  processes(): string[] {
    const { balancer, instances, store } = this.ports;
    if (!SEES_PROCESSES) return [];
    const marks = [this.data, ...[balancer, ...instances, store].map((port) => `127.0.0.1:${port}`)];
    const lines = fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(commandOf);
    return lines.filter((line) => marks.some((mark) => line.includes(mark)));
  }

  /** Asks its nines, by the token for this machine. */
  async ask<T>(method: string, address: string, body?: object): Promise<T> {
    const [url, token] = fs.readFileSync(path.join(this.data, 'nines/local-token'), 'utf8').trim().split(' ');
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${url}${address}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async control(address: string): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.controller}${address}`, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('tells')]);
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
    fs.rmSync(this.data, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Empty where the process is gone, or another's. */
function commandOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Below the ports that a system gives to whoever asks for any. */
async function freeBase(): Promise<number> {
  for (;;) {
    const base = 10_000 + 40 * Math.floor(Math.random() * 500);
    const free = await refuseTakenPorts(portsFrom(base)).then(
      () => true,
      () => false,
    );
    if (free) return base;
  }
}

test('killed, started again, a bad deploy: page, acknowledgement, rollback, all-clear, postmortem', { timeout: STORY_MS + 120_000 }, async () => {
  // Killed at once, it takes everything with it, and the next start takes the same folder.
  const base = await freeBase();
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-demo-'));
  const killed = new Demo(base, data);
  await killed.ready();
  await killed.end('SIGKILL');
  await waitFor(
    () => `its processes to end; there are:\n${killed.processes().join('\n')}`,
    () => killed.processes().length === 0,
  );

  await using demo = new Demo(base, data);
  await demo.ready();
  expect(demo.output).toContain(`--controller http://127.0.0.1:${demo.ports.controller}`);
  const began = performance.now();

  await demo.control('/break/deploy');
  const mails = async () => (await demo.ask<{ messages: MailboxMessage[] }>('GET', '/nines/v1/mailbox')).messages;
  const mail = await waitFor('the page in the mailbox', async () => (await mails()).find(({ text }) => text.includes('/a/')), 60);
  expect(mail.to).toBe('ana@example.org');
  // The error rate pages, or where the objective is only seconds old its burn rate, whichever is seen first.
  expect(mail.subject).toMatch(/^(Stop the errors users see|Restore shortener: too many failures)$/);
  expect(mail.text).toMatch(/What changed:\n- .*Deploy shortener 1\.1\.0/);

  const link = /http:\/\/\S+\/a\/\w+/.exec(mail.text)?.[0] ?? '';
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  const incident = async () => {
    const { incidents } = await demo.ask<{ incidents: Incident[] }>('GET', '/nines/v1/incidents');
    expect(incidents).toHaveLength(1);
    return incidents[0]!;
  };
  expect(await incident()).toMatchObject({ number: 1, state: 'open', services: ['shortener'], roles: { commander: 'ana' } });

  await demo.control('/heal');
  const { id } = await waitFor('the end of the outage', async () => (await incident()).outageEndedAt !== null && incident(), 120);
  await waitFor('the mail that says so', async () => (await mails()).some(({ subject }) => subject.startsWith('Resolved')));
  await demo.ask('POST', `/nines/v1/incidents/${id}/all-clear`, { text: 'Rolled back.' });
  const postmortem = await waitFor('the postmortem', async () => (await incident()).postmortem);
  expect(performance.now() - began).toBeLessThan(STORY_MS);

  // One failure was one page, and what changed is told at the end as at the beginning.
  const { pages } = await demo.ask<{ pages: Page[] }>('GET', '/nines/v1/pages');
  expect(pages.map(({ subject, state }) => [subject, state])).toEqual([[mail.subject, 'resolved']]);
  const { markdown } = await demo.ask<PostmortemDetail>('GET', `/nines/v1/postmortems/${postmortem}`);
  for (const part of ['[Deploy shortener 1.1.0: prettier codes](https://example.org/pipelines/4711)', 'Roll shortener back to 1.0.0', 'pipeline'])
    expect(markdown).toContain(part);

  // Ctrl-C, as the terminal sends it and npm once more.
  const running = demo.processes();
  if (SEES_PROCESSES) expect(running).toHaveLength(9);
  demo.child.kill('SIGINT');
  expect(await demo.end('SIGINT')).toBe(0);
  expect(demo.processes()).toEqual([]);
}); // prettier-ignore
