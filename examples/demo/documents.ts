import fs from 'node:fs';
import path from 'node:path';
import { BASE_PORT, type Ports } from './ports.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The rotation of config/people.yaml is handed over on Mondays at 09:00 UTC. */
const HANDOVER_MS = 9 * HOUR_MS;

/** The last Monday at or before `now`, as a date: `2026-01-05`. */
export function mondayOf(now: number): string {
  const days = (new Date(now).getUTCDay() + 6) % 7;
  return new Date(now - days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * A document for this run: with the ports that this demo uses, and with a rotation that begins two weeks ago with its first
 * person, so that whom the terminal says to sign in as is on call, and who lives where this machine is: mails then tell
 * the same time as the browser does.
 */
export function documentFor(text: string, ports: Ports, now: number, timeZone: string): string {
  const base = ports.balancer - 10 - BASE_PORT;
  return text
    .replaceAll(/127\.0\.0\.1:(99\d\d)\b/g, (_, port: string) => `127.0.0.1:${Number(port) + base}`)
    .replace('timeZone: Europe/Berlin', `timeZone: ${timeZone}`)
    .replace(/start: '\d{4}-\d\d-\d\d'/, `start: '${mondayOf(now - HANDOVER_MS - 14 * DAY_MS)}'`);
}

/** Writes the documents into a folder that nines then watches. */
export function writeDocuments(from: string, to: string, ports: Ports, now: number): void {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) {
    fs.writeFileSync(path.join(to, name), documentFor(fs.readFileSync(path.join(from, name), 'utf8'), ports, now, timeZone));
  }
}
