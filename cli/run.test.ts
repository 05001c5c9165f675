import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as sample from '../test/harness/cli-answers.ts';
import { FakeServer, problemAnswer, runCli } from '../test/harness/test-cli.ts';

let folder: string;
let server: FakeServer;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-cli-'));
  server = await FakeServer.start({});
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
};
const TEAM = 'apiVersion: nines/v1\nkind: Team\nmetadata:\n  name: payments\nspec:\n  members: [ana]\n';
const ANA = 'apiVersion: nines/v1\nkind: Person\nmetadata:\n  name: ana\nspec:\n  email: ana@example.com\n';
const env = () => ({ NINES_URL: server.url });

test('check: a good folder', async () => {
  write('team.yaml', TEAM);
  write('people/ana.yml', ANA);
  write('people/notes.txt', 'not a document');
  expect(await runCli(['check', folder])).toEqual({ code: 0, out: 'No problems in 2 documents of 2 files.\n', err: '' });
});

test('check: a bad folder, for a program, for a person, as JSON', async () => {
  write('team.yaml', TEAM.replace('ana', 'anna, ben'));
  write('people/ana.yml', ANA.replace('spec', 'spek'));
  const lines = [
    "people/ana.yml:5:1: error: unknown key 'spek'; did you mean 'spec'?",
    "team.yaml:6:13: error: Team 'payments' names Person 'anna', which does not exist; did you mean 'ana'? People are: ana",
    "team.yaml:6:19: error: Team 'payments' names Person 'ben', which does not exist; People are: ana",
  ];
  const plain = await runCli(['check', folder]);
  expect(plain.out).toBe(`${lines.join('\n')}\n3 errors in 2 documents of 2 files.\n`);
  expect(plain.code).toBe(1);
  const person = await runCli(['check', folder, '--no-color'], { interactive: true, columns: 120 });
  expect(person.out).toContain(`${lines[2]}\n  6 |   members: [anna, ben]\n                        ^\n`);
  const json = JSON.parse((await runCli(['check', folder, '--json'])).out) as { ok: boolean; problems: object[] };
  expect(json.ok).toBe(false);
  expect(json.problems[1]).toEqual({
    file: 'team.yaml',
    line: 6,
    column: 13,
    severity: 'error',
    message: "Team 'payments' names Person 'anna', which does not exist",
    hint: "did you mean 'ana'? People are: ana",
  });
});

test('check: warnings are no errors, but for --strict', async () => {
  write('team.yaml', TEAM.replace('ana', ''));
  expect(await runCli(['check', folder])).toMatchObject({ code: 0, out: expect.stringContaining('1 warning in 1 document of 1 file.') });
  expect((await runCli(['check', folder, '--strict'])).code).toBe(1);
});

test.each([
  ['a folder that is not there', () => path.join(folder, 'x'), /can't be read: it does not exist/],
  ['a folder without documents', () => folder, /There are no documents in/],
])('check: %s', async (_, place, message) => {
  expect(await runCli(['check', place()])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
});

test('check: alerts that help nobody at night, and links to nothing', async () => {
  const pages = http.createServer((request, response) => void response.writeHead(request.url === '/Gone' ? 404 : 200).end()).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const rule = (name: string, summary: string): string =>
    `      - alert: ${name}\n        expr: errors > 1\n        labels: { severity: eventually, team: store }\n        annotations: { summary: ${summary} }\n`;
  write('rules.yaml', `groups:\n  - name: a\n    rules:\n${rule('Gone', 'Checkout is broken')}${rule('There', 'Restart it')}`);
  const bare = await runCli(['check', folder]);
  expect(bare.out).toContain('rules.yaml:7:33: warning: the summary does not begin with a verb');
  expect(bare.out).toContain("rules.yaml:4:16: warning: alert 'Gone' links to no documentation");
  expect((await runCli(['check', folder, '--docs-url', url])).out).not.toContain('documentation');
  const asked = await runCli(['check', folder, '--docs-url', url, '--links']);
  expect(asked.out).toContain(`rules.yaml:4:16: warning: the documentation ${url}/Gone answers 404`);
  expect(asked.out).not.toContain('/There');
  write('nines.yaml', `docsUrl: ${url}\nrules: { lint: error }\n`);
  expect(await runCli(['check', folder])).toMatchObject({ code: 1, out: expect.stringContaining('rules.yaml:7:33: error: the summary') });
  pages.close();
}); // prettier-ignore

test('check: one file, files that are no text, and links that lead out', async () => {
  write('a.yaml', TEAM.replace('ana', ''));
  fs.writeFileSync(path.join(folder, 'b.yaml'), Buffer.from([0x61, 0xff, 0xfe]));
  write('c.yaml', `# ${'x'.repeat(1_000_000)}`);
  fs.symlinkSync('/etc/hostname', path.join(folder, 'd.yaml'));
  fs.symlinkSync('a.yaml', path.join(folder, 'e.yaml'));
  fs.symlinkSync('..', path.join(folder, 'up'));
  expect((await runCli(['check', path.join(folder, 'a.yaml')])).out).toMatch(/1 document of 1 file/);
  const { out } = await runCli(['check', folder]);
  expect(out).toContain('b.yaml:1:1: error: the file is not UTF-8 text; save it as UTF-8');
  expect(out).toContain('c.yaml:1:1: error: the file has 1000002 bytes, more than 1000000; split it into several');
  expect(out).toContain("e.yaml:4:9: error: Team 'payments' is already defined in a.yaml:4");
  expect(out).not.toContain('d.yaml');
});

const CHANGES = [
  { action: 'create', kind: 'Person', name: 'ana', file: 'ana.yml', diff: null },
  { action: 'update', kind: 'Team', name: 'payments', file: 'team.yaml', diff: '@@ -1,1 +1,1 @@\n-a\n+b\n' },
  { action: 'delete', kind: 'Team', name: 'old', file: 'old.yaml', diff: null },
];
const SHOWN =
  '+ create Person ana  ana.yml\n~ update Team payments  team.yaml\n    @@ -1,1 +1,1 @@\n    -a\n    +b\n- delete Team old  old.yaml\n';
const PROBLEM = { file: 'team.yaml', line: 6, column: 13, severity: 'error', message: 'wrong', hint: null };

test.each([
  ['diff', { problems: [], changes: CHANGES }, [], 0, SHOWN],
  ['diff', { problems: [], changes: CHANGES }, ['--exit-code'], 1, SHOWN],
  ['diff', { problems: [], changes: [] }, ['--exit-code'], 0, 'Nothing changes.\n'],
  ['diff', { problems: [PROBLEM], changes: [] }, [], 1, 'team.yaml:6:13: error: wrong\nThese documents can not be applied.\n'],
  ['apply', { applied: true, version: 4, problems: [], changes: CHANGES.slice(0, 1) }, [], 0, '+ create Person ana  ana.yml\nConfiguration 4 is in force.\n'],
])('%s of %j %j exits with %d', async (command, answer, options, code, out) => {
  write('team.yaml', TEAM);
  server.answers[`POST /nines/v1/resources/${command}`] = answer;
  expect(await runCli([command, folder, ...options], { env: env() })).toEqual({ code, out, err: '' });
  expect(server.seen).toMatchObject([{ body: { files: [{ file: 'team.yaml', text: TEAM }] } }]);
}); // prettier-ignore

test('apply: documents that are refused, and a server that refuses to apply at all', async () => {
  write('team.yaml', TEAM);
  server.answers['POST /nines/v1/resources/apply'] = (_: unknown, response: http.ServerResponse) =>
    response.writeHead(422).end(JSON.stringify({ applied: false, version: 3, problems: [PROBLEM], changes: [] }));
  expect(await runCli(['apply', folder], { env: env() })).toEqual({ code: 1, out: 'team.yaml:6:13: error: wrong\nNothing was applied.\n', err: '' });
  server.answers['POST /nines/v1/resources/apply'] = problemAnswer(409, 'This nines watches a folder.');
  expect(await runCli(['apply', folder], { env: env() })).toEqual({ code: 2, out: '', err: 'nines: This nines watches a folder.\n' });
}); // prettier-ignore

test('nobody at the address: it says how to start nines', async () => {
  const port = new URL(server.url).port;
  await server[Symbol.asyncDispose]();
  const ran = await runCli(['status', '--url', `http://127.0.0.1:${port}`]);
  expect(ran).toEqual({
    code: 2,
    out: '',
    err: `nines: Nothing answers at http://127.0.0.1:${port}.\n  start nines with 'nines up', or name another server with --url or NINES_URL\n`,
  });
  server = await FakeServer.start({});
});

test('a server that never answers is given up', async () => {
  server.answers['GET /nines/v1/services'] = () => undefined;
  const ran = await runCli(['services', '--timeout', '1'], { env: env() });
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('did not answer within 1 s.\n  give it longer with --timeout') });
});

test('a token goes by option, then NINES_TOKEN, then NINES_ADMIN_TOKEN, then what login saved for this server', async () => {
  server.answers['GET /nines/v1/services'] = { services: [] };
  server.answers['GET /nines/v1/me'] = sample.whoAmI;
  const sent = async (argv: string[], more: Record<string, string>): Promise<string | undefined> => {
    await runCli(['services', ...argv], { env: { ...env(), ...more }, home: folder });
    return server.seen.at(-1)?.authorization;
  };
  expect(await sent([], {})).toBeUndefined();
  const login = await runCli(['login'], { env: env(), home: folder, secret: ' saved\n' });
  const file = path.join(folder, '.config/nines/token');
  expect(login).toEqual({ code: 0, out: `You are laptop (responder) at ${server.url}. The token is saved in ${file}.\n`, err: '' });
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(await sent([], {})).toBe('Bearer saved');
  expect(await sent([], { NINES_ADMIN_TOKEN: 'admin' })).toBe('Bearer admin');
  expect(await sent([], { NINES_ADMIN_TOKEN: 'admin', NINES_TOKEN: 'mine' })).toBe('Bearer mine');
  expect(await sent(['--token', 'given'], { NINES_TOKEN: 'mine' })).toBe('Bearer given');
  // Another server doesn't get this one's token.
  await using other = await FakeServer.start({ 'GET /nines/v1/services': { services: [] } });
  await runCli(['services', '--url', other.url], { home: folder });
  expect(other.seen).toMatchObject([{ authorization: undefined }]);
});

test.each([
  [401, undefined, "say who you are: 'nines login', or --token, or NINES_TOKEN"],
  [401, 'x', "the token is not known or has expired: make one with 'nines token create', then 'nines login'"],
  [403, 'x', 'this takes a token or an account with more rights; an admin can give one'],
])('a refusal with %d and token %s says what to do', async (status, token, hint) => {
  server.answers['GET /nines/v1/services'] = problemAnswer(status, 'No.');
  const ran = await runCli(['services'], { env: { ...env(), ...(token !== undefined && { NINES_TOKEN: token }) } });
  expect(ran).toEqual({ code: 2, out: '', err: `nines: No.\n  ${hint}\n` });
});

test('a server on this machine is asked with the token in its data folder, and no other server is', async () => {
  const data = path.join(folder, 'nines-data');
  fs.mkdirSync(data, { recursive: true });
  const { port } = new URL(server.url);
  server.answers['GET /nines/v1/services'] = { services: [] };
  const sent = async (text: string): Promise<string | undefined> => {
    fs.writeFileSync(path.join(data, 'local-token'), text);
    await runCli(['services'], { env: { ...env(), NINES_DATA: data }, home: path.join(folder, 'nobody') });
    return server.seen.at(-1)?.authorization;
  };
  expect(await sent(`http://localhost:${port} local\n`)).toBe('Bearer local');
  expect(await sent(`http://localhost:${Number(port) + 1} local\n`)).toBeUndefined();
  expect(await sent('nonsense')).toBeUndefined();
});

test('login with a token that the server does not know saves nothing', async () => {
  server.answers['GET /nines/v1/me'] = problemAnswer(401, 'This token is not known.');
  expect((await runCli(['login', '--token', 'x'], { env: env(), home: folder })).code).toBe(2);
  expect(fs.existsSync(path.join(folder, '.config'))).toBe(false);
});

test('events --follow shows what comes, and goes on where it was after the connection broke', async () => {
  const [latest] = sample.events.events;
  const event = (marker: number, title: string): string => `id: ${marker}\ndata: ${JSON.stringify({ ...latest, marker, title })}\n\n`;
  const open: http.ServerResponse[] = [];
  server.answers['GET /nines/v1/events'] = { events: [latest], marker: 43 };
  server.answers['GET /nines/v1/events/stream'] = (_: unknown, response: http.ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // In two pieces, the second with a comment that keeps the line alive.
    if (open.push(response) === 1) response.write(event(44, 'one').slice(0, 20));
    else response.write(event(45, 'two'));
  };
  const interrupt = new AbortController();
  let out = '';
  let err = '';
  const running = runCli(['events', '--follow', '--limit', '1'], {
    env: env(),
    signal: interrupt.signal,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  await vi.waitFor(() => expect(open).toHaveLength(1));
  open[0]!.write(`${event(44, 'one').slice(20)}: still here\n\n`);
  await vi.waitFor(() => expect(out).toContain('one'));
  open[0]!.destroy();
  await vi.waitFor(() => expect(out).toContain('two'), { timeout: 5_000 });
  interrupt.abort();
  expect((await running).code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/ {2,}/)[2])).toEqual(['ana acknowledged', 'one', 'two', undefined]);
  expect(err).toBe('The connection is lost; trying again.\nConnected again.\n');
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/nines/v1/events?order=desc&limit=1',
    '/nines/v1/events/stream?marker=43',
    '/nines/v1/events/stream?marker=44',
  ]);
});

test.each([
  ['break crash', 'POST /break/crash', { broken: 'crash', tells: 'Instance 2 is gone.' }, 'Broken: Instance 2 is gone.\n'],
  ['heal', 'POST /heal', { tells: 'All three instances run.' }, 'All three instances run.\n'],
])('demo %s', async (line, key, answer, out) => {
  server.answers[key] = answer;
  const ran = await runCli(['demo', ...line.split(' '), '--controller', server.url], { env: { NINES_TOKEN: 'secret' } });
  expect(ran.code).toBe(0);
  expect(ran.out.startsWith(out)).toBe(true);
  expect(server.seen).toMatchObject([{ authorization: undefined }]);
});

test('account create reads the password from standard input, never from the command line', async () => {
  server.answers['POST /nines/v1/accounts'] = { ...sample.accounts[0], role: 'admin' };
  const ran = await runCli(['account', 'create', '--name', 'Ana', '--email', 'ana@example.com', '--role', 'admin'], {
    env: env(),
    secret: 'p w',
  });
  expect(ran).toEqual({ code: 0, out: 'Ana (admin) can sign in as ana@example.com.\n', err: '' });
  expect(server.seen[0]?.body).toEqual({ name: 'Ana', email: 'ana@example.com', role: 'admin', password: 'p w' });
});

test('help: the common commands come first, every default is there, and the exit codes', async () => {
  const { code, out } = await runCli(['--help']);
  expect(code).toBe(0);
  const groups = out.match(/^\S.*:$/gm);
  expect(groups).toEqual(['Everyday:', 'Configuration:', 'Access:', 'Demo:', 'More:', 'Options of every command:', 'Exit codes:', 'Settings from the environment:']); // prettier-ignore
  expect(out).toContain('(default: NINES_URL or "http://localhost:9900")');
  expect(out).toContain('(default: 30)');
  expect((await runCli(['up', '--help'])).out).toMatch(
    /NINES_PORT or 9900[^]*"0.0.0.0"[^]*".\/nines-data"[^]*NINES_CONFIG or none[^]*"warn"/,
  );
  expect((await runCli(['incident', 'list', '--help'])).out).toContain('default: "open"');
  // Without a command: help again, but this is no answer.
  expect((await runCli([])).code).toBe(2);
});

test('every option of every command tells its default or needs none', async () => {
  const { buildProgram } = await import('./program.ts');
  const untold: string[] = [];
  const visit = (command: ReturnType<typeof buildProgram>, name: string): void => {
    for (const option of command.options) {
      const takesValue = option.required || option.optional;
      const told = option.defaultValue !== undefined || option.description.includes('default:') || option.mandatory;
      // Filters and details that are simply left out.
      if (takesValue && !told && !/^(only|the beginning|what it is at|a page about|who did)/.test(option.description)) untold.push(`${name} ${option.long}`);
    }
    for (const inner of command.commands) visit(inner, `${name} ${inner.name()}`);
  };
  visit(buildProgram({} as never, () => undefined), 'nines');
  expect(untold).toEqual([]);
}); // prettier-ignore

test('as a program: exit codes, and a reader that has seen enough', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const argv = ['--import', './bench/typescript.mjs', 'cli/main.ts'];
  write('team.yaml', TEAM);
  const ran = spawnSync(process.execPath, [...argv, 'check', folder], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toContain("team.yaml:6:13: error: Team 'payments' names Person 'ana', which does not exist");
  expect(ran.status).toBe(1);
  expect(() => execFileSync('sh', ['-c', `"${process.execPath}" ${argv.join(' ')} --help | head -1`], { cwd: root })).not.toThrow();
});
