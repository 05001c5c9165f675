/** Pictures of charts as PNG, drawn one at a time on a thread of their own. */
import { Worker } from 'node:worker_threads';
import { LimitError } from '../../platform/problem.ts';

/** What the thread is asked, and what it answers. */
export interface PngRequest {
  readonly svg: string;
  readonly scale: number;
}
export interface PngResponse {
  readonly png?: Uint8Array;
  readonly error?: string;
}

interface Waiting extends PngRequest {
  readonly resolve: (png: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Whoever asks for more at once is told so: each holds its SVG in memory. */
const MOST_WAITING = 64;
const MOST_WAITING_CHARACTERS = 64 * 1024 ** 2;
/** The largest picture takes a few seconds; one that takes longer is given up, and its thread with it. */
const LONGEST_MS = 30_000;
/** A thread that nobody asks holds memory for nothing. */
const IDLE_MS = 60_000;

const waiting: Waiting[] = [];
let characters = 0;
let worker: Worker | undefined;
let current: Waiting | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * A chart as PNG, by default twice as many pixels as the SVG says, for screens that show them.
 * @throws LimitError 429 where too many wait already, 422 where it takes too long; an Error where it is no SVG
 */
export function toPng(svg: string, scale = 2): Promise<Buffer> {
  if (waiting.length >= MOST_WAITING || characters + svg.length > MOST_WAITING_CHARACTERS) {
    const limit = { limit: MOST_WAITING, setting: 'fewer pictures at a time, or svg in place of png', retryAfter: 5 };
    return Promise.reject(new LimitError(429, `${waiting.length} pictures wait to be drawn already.`, limit));
  }
  return new Promise((resolve, reject) => {
    waiting.push({ svg, scale, resolve, reject });
    characters += svg.length;
    next();
  });
}

function next(): void {
  if (current !== undefined) return;
  clearTimeout(timer);
  current = waiting.shift();
  if (current === undefined) {
    timer = setTimeout(end, IDLE_MS).unref();
    return;
  }
  characters -= current.svg.length;
  timer = setTimeout(() => {
    end();
    const limit = { limit: LONGEST_MS / 1000, setting: 'a smaller picture, or svg in place of png' };
    settle((one) => one.reject(new LimitError(422, 'The picture takes too many seconds to draw.', limit)));
  }, LONGEST_MS).unref();
  worker ??= start();
  // Whoever waits for a picture waits for the thread.
  worker.ref();
  worker.postMessage({ svg: current.svg, scale: current.scale } satisfies PngRequest);
}

function start(): Worker {
  const made = new Worker(new URL('png-worker.mjs', import.meta.url));
  made.on('message', ({ png, error }: PngResponse) => {
    made.unref();
    settle((one) => (png === undefined ? one.reject(new Error(`the picture could not be drawn: ${error}`)) : one.resolve(Buffer.from(png.buffer, png.byteOffset, png.length)))); // prettier-ignore
  });
  made.on('error', (error) => {
    if (worker === made) worker = undefined;
    settle((one) => one.reject(error));
  });
  return made;
}

/** The current one is done; the next one's turn. */
function settle(tell: (one: Waiting) => void): void {
  const one = current;
  current = undefined;
  if (one !== undefined) tell(one);
  next();
}

function end(): void {
  void worker?.terminate();
  worker = undefined;
}
