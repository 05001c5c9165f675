import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heartbeat, heartbeatDetail } from '../src/alerting/heartbeat/contract.ts';
import { type CliRun, runCli } from '../test/harness/test-cli.ts';

/** What arrives, in order: `POST /path: body`. */
let seen: string[] = [];
let refusals = 0;
const answers = new Map<string, unknown>();
let server: http.Server;
let url = '';

beforeEach(async () => {
  seen = [];
  refusals = 0;
  server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url?.replace('/nines/v1/heartbeats', '')}: ${body}`);
      if (refusals > 0) {
        refusals--;
        response.writeHead(503).end('{"detail":"starting"}');
      } else response.writeHead(200).end(JSON.stringify(answers.get(request.url ?? '') ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const nines = (argv: readonly string[], env: Record<string, string> = {}): Promise<CliRun> =>
  runCli(argv, { env: { NINES_URL: url, ...env } });
const script = (text: string): string[] => ['heartbeat', 'run', 'backup', '--', process.execPath, '-e', text];

test.each([
  ['a good job', "process.stdout.write('ten files\\n')", 0, 'ten files\n', ''],
  ['a bad one', "process.stderr.write('disk full\\n'); process.exitCode = 3", 3, '', 'disk full\n'],
])('run: %s', async (_, text, code, out, err) => {
  expect(await nines(script(text))).toEqual({ code, out, err });
  expect(seen).toEqual(['POST /backup/start: ', `POST /backup/${code}: ${out}${err}`]);
});

test('run: only the end of much output is told, whole characters of it', async () => {
  const { out } = await nines(script("process.stdout.write('ü'.repeat(50_000) + 'end')"));
  expect(out).toHaveLength(50_003);
  expect(seen[1]).toMatch(/^POST \/backup\/0: ü{9997}end$/);
});

test('run: nines that starts anew is told a little later', async () => {
  refusals = 2;
  expect((await nines(script(''))).code).toBe(0);
  expect(seen.filter((one) => one.startsWith('POST /backup/0'))).toHaveLength(1);
  expect(seen.length).toBeGreaterThan(2);
});

test('run: a job that is killed, and one that does not exist', async () => {
  expect((await nines(script("process.kill(process.pid, 'SIGKILL')"))).code).toBe(137);
  expect((await nines(['heartbeat', 'run', 'backup', '--', '/nonexistent/job'])).code).toBe(127);
  expect(seen.slice(-1)[0]).toContain('POST /backup/127: spawn /nonexistent/job ENOENT');
});

test('run: a refusal changes neither the job nor its exit code, and is said', async () => {
  server.removeAllListeners('request');
  server.on('request', (_, response: http.ServerResponse) => response.writeHead(401).end('{"detail":"This secret is not the right one."}'));
  const { code, out, err } = await nines(script("console.log('done')"));
  expect([code, out]).toEqual([0, 'done\n']);
  expect(err).toContain('nines could not be told how backup went: This secret is not the right one.');
});

const late = heartbeat.parse({
  name: 'backup', title: 'backup', description: '', service: 'shop', severity: 'today', schedule: '30 2 * * * UTC', status: 'late',
  lastSuccessAt: '2026-02-28T02:40:00Z', lastFailureAt: null, lastHeardAt: '2026-02-28T02:40:00Z', startedAt: null,
  expectedAt: '2026-03-01T02:30:00Z', deadline: null, runtimeMs: 600_000, exitCode: 0,
}); // prettier-ignore

test('list and show', async () => {
  answers.set('/nines/v1/heartbeats', { heartbeats: [late] });
  const listed = await nines(['heartbeat']);
  expect(listed.code).toBe(1);
  expect(listed.out).toMatch(/backup +late +30 2 \* \* \* UTC +1d 9h ago +9h 30m ago +10m +shop/);
  const signals = [{ at: '2026-02-28T02:40:00Z', kind: 'success', exitCode: 0, runtimeMs: 600_000 }];
  const detail = heartbeatDetail.parse({ ...late, output: 'ten files\u001b[31m', signals, pingUrl: 'https://n/ping' });
  answers.set('/nines/v1/heartbeats/backup', detail);
  const shown = await nines(['heartbeat', 'show', 'backup']);
  expect(shown.out).toContain('It said last\nten files[31m');
  expect(shown.out).toMatch(/2026-02-28 02:40:00 +success +0 +10m/);
});

test('ping', async () => {
  expect(await nines(['heartbeat', 'ping', 'backup', '--start'])).toEqual({ code: 0, out: 'backup: started\n', err: '' });
  expect(seen).toEqual(['POST /backup/start: ']);
});
