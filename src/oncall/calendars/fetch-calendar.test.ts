import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchCalendar, sourceOf } from './fetch-calendar.ts';

let server: Server;
let url: string;
let folder: string;
const ICS = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';

beforeAll(async () => {
  server = createServer((request, response) => {
    const what = request.url ?? '';
    if (what === '/same' && request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else if (what === '/gone') response.writeHead(410).end('gone');
    else if (what === '/moved') response.writeHead(302, { location: '/same' }).end();
    else response.writeHead(200, { etag: '"1"' }).end(what === '/endless' ? 'X'.repeat(5_000_001) : ICS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-calendars-'));
  fs.mkdirSync(path.join(folder, 'holidays'));
  fs.writeFileSync(path.join(folder, 'holidays', 'ana.ics'), ICS);
  fs.symlinkSync('/etc/hostname', path.join(folder, 'outside.ics'));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(folder, { recursive: true });
});

const get = (
  spec: { url?: string; file?: string; ics?: string },
  { etag = null, at = folder }: { etag?: string | null; at?: string | null } = {},
) => fetchCalendar({ people: [], ...spec }, at ?? undefined, etag, new AbortController().signal);

test('by an address, and only when it changed', async () => {
  expect(await get({ url: `${url}/same` })).toEqual({ text: ICS, etag: '"1"' });
  expect(await get({ url: `${url}/same` }, { etag: '"1"' })).toEqual({ text: null, etag: '"1"' });
  expect(await get({ url: `${url}/moved` })).toEqual({ text: ICS, etag: '"1"' });
  expect(await get({ file: 'holidays/ana.ics' })).toEqual({ text: ICS, etag: null });
  expect(await get({ ics: ICS })).toEqual({ text: ICS, etag: null });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['an answer that is no success', () => get({ url: `${url}/gone` }), /answered with 410/],
  ['more than a calendar has', () => get({ url: `${url}/endless` }), /more than 5000000 bytes/],
  ['nobody there', () => get({ url: 'http://127.0.0.1:1/x' }), /can't be reached: /],
  ['a file that is not there', () => get({ file: 'x.ics' }), /no file 'x.ics' in the folder/],
  ['a link that leads out', () => get({ file: 'outside.ics' }), /leads out of the folder/],
  ['a file where no folder is watched', () => get({ file: 'x.ics' }, { at: null }), /watches no folder/],
])('says what is wrong with %s', async (_, run, message) => {
  await expect(run()).rejects.toThrow(message);
});

test('what was got from one place is not taken for another', () => {
  const sources = [{ url: 'https://a.example/x.ics' }, { file: 'x.ics' }, { ics: 'a' }, { ics: 'b' }].map((one) =>
    sourceOf({ people: [], ...one }),
  );
  expect(new Set(sources).size).toBe(4);
});
