import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { documentFor, mondayOf, writeDocuments } from './documents.ts';
import { portsFrom } from './ports.ts';

test.each([
  ['2026-01-05T00:00:00Z', '2026-01-05'],
  ['2026-01-04T23:59:59Z', '2025-12-29'],
  ['2026-11-21T04:00:00Z', '2026-11-16'],
])('the Monday of %s is %s', (now, monday) => {
  expect(mondayOf(Date.parse(now))).toBe(monday);
});

/** The first person of a rotation of two is on call in even weeks after its start. */
test.each(['2026-11-16T08:59:00Z', '2026-11-16T09:00:00Z', '2026-11-22T23:59:00Z'])('at %s the first person is on call', (at) => {
  const now = Date.parse(at);
  const start = /'(.*)'/.exec(documentFor("start: '2026-01-05'", portsFrom(9900), now, 'UTC'))?.[1] ?? '';
  const weeks = (now - Date.parse(`${start}T09:00:00Z`)) / (7 * 86_400_000);
  expect(Math.floor(weeks)).toBe(2);
});

test('the documents get the ports of this run, and nothing else changes', () => {
  const to = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-documents-'));
  const from = path.resolve('examples/demo/config');
  try {
    writeDocuments(from, to, portsFrom(12_000), Date.now());
    const services = fs.readFileSync(path.join(to, 'services.yaml'), 'utf8');
    for (const port of [12_010, 12_011, 12_012, 12_013, 12_021, 12_022]) expect(services).toContain(`127.0.0.1:${port}`);
    expect(services).not.toMatch(/127\.0\.0\.1:99/);
    expect(fs.readFileSync(path.join(to, 'rules.yaml'), 'utf8')).toBe(fs.readFileSync(path.join(from, 'rules.yaml'), 'utf8'));
  } finally {
    fs.rmSync(to, { recursive: true });
  }
});

test('who is on call lives where this machine is', () => {
  const people = documentFor(fs.readFileSync('examples/demo/config/people.yaml', 'utf8'), portsFrom(9900), 0, 'Asia/Tokyo');
  expect(people).toMatch(/name: ana,[^-]*timeZone: Asia\/Tokyo/);
  expect(people).toContain('timeZone: America/New_York');
});
