import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { withinTime } from '../../delivery/index.ts';
import type { CalendarSpec } from './calendar.ts';

/** A year of a busy calendar is some hundred kilobytes. */
const MOST_BYTES = 5_000_000;
const TIMEOUT_MS = 15_000;

/** Where a calendar is, in one word: what was got from elsewhere is not it. */
export const sourceOf = ({ url, file, ics = '' }: CalendarSpec): string =>
  url ?? (file === undefined ? `inline:${createHash('sha256').update(ics).digest('hex').slice(0, 16)}` : `file:${file}`);

export interface Fetched {
  /** Null where it is the same as before. */
  readonly text: string | null;
  readonly etag: string | null;
}

/** The text of a calendar. Throws an Error that says why there is none. `folder` is where documents are. */
export async function fetchCalendar(
  spec: CalendarSpec,
  folder: string | undefined,
  etag: string | null,
  signal: AbortSignal,
): Promise<Fetched> {
  if (spec.ics !== undefined) return { text: spec.ics, etag: null };
  if (spec.file !== undefined) return { text: await readFile(spec.file, folder), etag: null };
  return download(spec.url ?? '', etag, signal);
}

async function readFile(name: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) throw new Error('it is a file, and this nines watches no folder of documents: give a url or the text in `ics`');
  // A link out of the folder is followed only to what is in it.
  const [root, file] = await Promise.all([fs.realpath(folder), fs.realpath(path.join(folder, name))]).catch(() => {
    throw new Error(`there is no file '${name}' in the folder of documents`);
  });
  if (!file.startsWith(`${root}${path.sep}`)) throw new Error(`'${name}' leads out of the folder of documents`);
  const { size } = await fs.stat(file);
  if (size > MOST_BYTES) throw new Error(`'${name}' has ${size} bytes: ${MOST_BYTES} are read at most`);
  return fs.readFile(file, 'utf8');
}

const download = (url: string, etag: string | null, stop: AbortSignal): Promise<Fetched> =>
  withinTime(stop, TIMEOUT_MS, (signal) => get(url, etag, signal));

async function get(url: string, etag: string | null, signal: AbortSignal): Promise<Fetched> {
  const headers = { accept: 'text/calendar', 'user-agent': 'nines', ...(etag !== null && { 'if-none-match': etag }) };
  const response = await fetch(url, { headers, signal }).catch((error: unknown) => {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    throw new Error(`it can't be reached: ${cause?.code ?? cause?.message ?? String(error)}`, { cause: error });
  });
  if (response.status === 304) return { text: null, etag };
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it is answered with ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), etag: response.headers.get('etag')?.slice(0, 500) ?? null };
}
