/** Proxies, tunnels and tokens, with real servers for each. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { scrapeSpec } from '../contract.ts';
import { createFetcher, type Fetcher } from './fetch-exposition.ts';
import { isDirect } from './no-proxy.ts';
import { selectTargets } from './target.ts';

let folder: string;
let caFile: string;
const closing: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-client-'));
  caFile = join(folder, 'cert.pem');
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', names, '-keyout', join(folder, 'key.pem'), '-out', caFile], { stdio: 'ignore' }); // prettier-ignore
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = (handler: Handler): Promise<string> => listen(createServer(handler));
const serveSecure = (handler: Handler): Promise<string> =>
  listen(createSecure({ key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(caFile) }, handler));

/** What went through it, in order. */
async function proxy(): Promise<{ address: string; seen: [string, IncomingMessage['headers']][] }> {
  const seen: [string, IncomingMessage['headers']][] = [];
  const server = createServer((request, response) => {
    seen.push([`${request.method} ${request.url}`, request.headers]);
    response.end('through 1\n');
  });
  server.on('connect', (request, socket) => {
    closing.push(() => socket.destroy());
    seen.push([`${request.method} ${request.url}`, request.headers]);
    if (request.url!.endsWith(':1')) {
      socket.end('HTTP/1.1 403 no\r\n\r\n');
      return;
    }
    const [host, port] = request.url!.split(':');
    const out = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 yes\r\n\r\n');
      out.pipe(socket).pipe(out);
    });
    out.on('error', () => socket.destroy());
    socket.on('error', () => out.destroy());
    closing.push(() => out.destroy());
  });
  return { address: await listen(server), seen };
}

function fetcherOf(environment: Record<string, string> = {}): Fetcher {
  const fetcher = createFetcher({ environment });
  closing.push(() => fetcher.close());
  return fetcher;
}

async function scrape(fetcher: Fetcher, target: string, spec: object, literal = false): Promise<string> {
  const scrapes = [{ name: 'a', spec: scrapeSpec.parse({ targets: [target], ...spec }), literal }];
  const { body } = await fetcher.fetch(selectTargets(scrapes).targets[0]!, new AbortController().signal);
  return body.toString();
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test('a plain target is asked through its proxy, which gets its own password and not in an error', async () => {
  const { address, seen } = await proxy();
  expect(await scrape(fetcherOf({ PW: 'hush' }), 'far.example:9100', { proxy: { url: `http://ana:hush@${address}` } })).toBe('through 1\n');
  expect(seen[0]![0]).toBe('GET http://far.example:9100/metrics');
  expect(seen[0]![1]).toMatchObject({ host: 'far.example:9100', 'proxy-authorization': basic('ana:hush') });
  const failed = await scrape(fetcherOf(), 'far.example:9100', { proxy: { url: 'http://ana:hush@127.0.0.1:1' } }).catch(String);
  expect(failed).toContain('127.0.0.1:1');
  expect(failed).not.toContain('hush');
});

test('a target with TLS is asked through a tunnel, with the headers for the proxy, and its certificate is checked', async () => {
  const { address, seen } = await proxy();
  const target = await serveSecure((request, response) => response.end(`tls ${request.headers.authorization ?? ''}`));
  const given = { scheme: 'https', authorization: { bearer: 'abc' }, proxy: { url: `http://${address}`, connectHeaders: { 'X-Tenant': ['a', 'b'] } } }; // prettier-ignore
  expect(await scrape(fetcherOf(), target, { ...given, tls: { caFile } })).toBe('tls Bearer abc');
  expect(seen[0]![0]).toBe(`CONNECT ${target}`);
  expect(seen[0]![1]).toMatchObject({ 'x-tenant': 'a, b' });
  expect(seen[0]![1].authorization).toBeUndefined();
  await expect(scrape(fetcherOf(), target, given)).rejects.toThrow(/certificate/);
  await expect(scrape(fetcherOf(), '127.0.0.1:1', given)).rejects.toThrow('answered status 403 to CONNECT');
});

test('the environment names proxies, and what is asked without one', async () => {
  const { address, seen } = await proxy();
  const environment = { HTTP_PROXY: `http://${address}`, no_proxy: '.direct.example' };
  expect(await scrape(fetcherOf(environment), 'far.example:1', { proxy: { fromEnvironment: true } })).toBe('through 1\n');
  const near = await serve((_, response) => response.end('near 1\n'));
  expect(await scrape(fetcherOf(environment), near, { proxy: { fromEnvironment: true } })).toBe('near 1\n');
  expect(seen).toHaveLength(1);
});

test.each([
  ['http://a.example/', 'a.example', true],
  ['http://b.a.example/', 'a.example', true],
  ['http://ba.example/', 'a.example', false],
  ['http://a.example/', '.a.example', false],
  ['http://b.a.example/', 'x, .a.example', true],
  ['http://a.example:81/', 'a.example:80', false],
  ['https://a.example/', 'a.example:443', true],
  ['http://10.1.2.3/', '10.0.0.0/8', true],
  ['http://11.1.2.3/', '10.0.0.0/8', false],
  ['http://[fd00::1]/', 'fd00::/8', true],
  ['http://[fd00::1]/', 'fd00::1', true],
  ['http://a/', '*', true],
  ['http://a/', '', false],
])('%s with NO_PROXY %j is direct: %s', (url, noProxy, expected) => expect(isDirect(new URL(url), noProxy)).toBe(expected));

test('a token is asked for once, kept, and asked for anew when it is refused', async () => {
  const asked: string[] = [];
  const tokenServer = await serve((request, response) => {
    request.setEncoding('utf8').on('data', (body: string) => asked.push(`${request.headers.authorization} ${body}`));
    request.on('end', () => response.end(JSON.stringify({ access_token: `t${asked.length}`, token_type: 'bearer', expires_in: 3600 })));
  });
  const got: (string | undefined)[] = [];
  const target = await serve((request, response) => {
    got.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === 'Bearer t1' && got.length === 3 ? 401 : 200).end('a 1\n');
  });
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, 's3/cret\n');
  const oauth2 = { clientId: 'me', clientSecretFile: secretFile, tokenUrl: `http://${tokenServer}/token`, scopes: ['a', 'b'], params: { audience: '${AUD}' } }; // prettier-ignore
  const fetcher = fetcherOf({ AUD: 'x' });
  const ask = (): Promise<string> => scrape(fetcher, target, { authorization: { oauth2 } });
  await Promise.all([ask(), ask()]);
  await expect(ask()).rejects.toThrow('status 401');
  await ask();
  expect(got).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1', 'Bearer t2']);
  expect(asked).toEqual(Array(2).fill(`${basic('me:s3%2Fcret')} grant_type=client_credentials&scope=a+b&audience=x`));
});

test.each([
  [500, '{}', 'status 500'],
  [200, 'hush', 'not JSON'],
  [200, '{"token":"hush"}', 'no access_token'],
  [200, '{"access_token":"hu sh"}', 'no access_token'],
  [200, `"${'x'.repeat(300_000)}"`, 'more than 262144 bytes'],
])('a token that is refused with %i %s fails the scrape, without a secret in the error', async (status, body, expected) => {
  const tokenServer = await serve((_, response) => response.writeHead(status).end(body));
  const oauth2 = { clientId: 'me', clientSecret: 'hush', tokenUrl: `http://${tokenServer}/token?k=hush` };
  const failed = await scrape(fetcherOf(), '127.0.0.1:1', { authorization: { oauth2 } }).catch(String);
  expect(failed).toContain(`no token from http://${tokenServer}/token: `);
  expect(failed).toContain(expected);
  expect(failed).not.toContain('hush');
});

test('user names and passwords come from files as they are now; another origin gets none of it', async () => {
  const [usernameFile, passwordFile] = [join(folder, 'user'), join(folder, 'password')];
  writeFileSync(usernameFile, 'ana\n');
  writeFileSync(passwordFile, 'one\n');
  const got: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    got.push(request.headers.authorization);
    response.end('a 1\n');
  });
  const target = await serve((request, response) => {
    got.push(request.headers.authorization);
    response.writeHead(302, { location: `http://${other}/` }).end();
  });
  const fetcher = fetcherOf();
  const ask = (): Promise<string> => scrape(fetcher, target, { authorization: { basic: { usernameFile, passwordFile } } });
  await ask();
  writeFileSync(passwordFile, 'two\n');
  await ask();
  expect(got).toEqual([basic('ana:one'), undefined, basic('ana:two'), undefined]);
  writeFileSync(passwordFile, '');
  await expect(ask()).rejects.toThrow(`the file ${passwordFile} does not hold a secret`);
});

test('what comes from a file of Prometheus is sent as it is written', async () => {
  const got: (string | undefined)[] = [];
  const target = await serve((request, response) => {
    got.push(request.headers.authorization);
    response.end('a 1\n');
  });
  const spec = { authorization: { type: 'Token', credentials: '${NAME}' } };
  await scrape(fetcherOf({ NAME: 'value' }), target, spec);
  await scrape(fetcherOf({ NAME: 'value' }), target, spec, true);
  expect(got).toEqual(['Token value', 'Token ${NAME}']);
});
