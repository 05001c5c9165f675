/** Against a real server. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLinks } from './check-links.ts';

let busy = 0;
let most = 0;
const asked: string[] = [];
const page = '<html><body><h2 id="shop">a</h2><a name=old >b</a><p id=\'user-content-git\'>c</p><i id="a&amp;b"></i></body>';
const server = http.createServer((request, response) => {
  const url = request.url ?? '';
  asked.push(url);
  busy++;
  most = Math.max(most, busy);
  const end = (status: number, body: string, type = 'text/html'): void => {
    busy--;
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  if (url === '/hang') return void (busy -= 1);
  if (url === '/gone') return end(404, 'gone');
  if (url === '/door') return end(401, 'who are you?');
  if (url === '/text') return end(200, 'plain', 'text/plain');
  if (url === '/script') return end(200, '<div></div><script src=x></script>');
  if (url === '/moved') return void (busy--, response.writeHead(302, { location: '/page' }).end());
  setTimeout(() => end(200, url === '/large' ? `${page}${' '.repeat(3 * 2 ** 20)}<b id="end">` : page), 5);
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each([
  ['/page', undefined],
  ['/page#shop', undefined],
  ['/page#old', undefined],
  ['/page#git', undefined],
  ['/page#a%26b', undefined],
  ['/page#nowhere', "has no place '#nowhere'"],
  ['/page#%zz', "has no place '#%zz'"],
  ['/page#:~:text=shop', undefined],
  ['/moved#shop', undefined],
  ['/gone', 'answers 404'],
  ['/door#x', undefined],
  ['/text#x', undefined],
  ['/script#made-by-a-script', undefined],
  ['/large#end', "has no place '#end'"],
  ['/hang', 'does not answer within 0.2 s'],
])('%s', async (path, problem) => {
  const dead = await checkLinks([`${base}${path}`], fetch, { timeoutMs: path === '/hang' ? 200 : 5_000 });
  expect(dead.get(`${base}${path}`)).toBe(problem);
});

test('what is no address, and what nobody answers at', async () => {
  const dead = await checkLinks(['runbook', 'file:///etc/passwd', 'http://127.0.0.1:1/x'], fetch);
  expect(dead.get('runbook')).toContain('no address');
  expect(dead.get('file:///etc/passwd')).toContain('no address');
  expect(dead.get('http://127.0.0.1:1/x')).toContain("can't be reached");
});

test('a page is asked once for all its places, few at a time, and no more than there may be', async () => {
  asked.length = 0;
  most = 0;
  const links = Array.from({ length: 30 }, (_, i) => [`${base}/p${i}#shop`, `${base}/p${i}#old`]).flat();
  const dead = await checkLinks(links, fetch, { concurrency: 3, most: 20 });
  expect(asked).toHaveLength(20);
  expect(most).toBeLessThanOrEqual(3);
  expect([...dead.values()]).toHaveLength(20);
  expect([...dead.values()][0]).toContain('was not asked');
});
