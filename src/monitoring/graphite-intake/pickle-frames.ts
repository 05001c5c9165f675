import type { PathSamples } from './path-samples.ts';
import { PickleError, readPickle, type Pickled } from './pickle.ts';

/** As carbon: what is longer is refused before any of it is kept. */
export const MAX_FRAME = 2 ** 20;

/** A message that says it is too long: nothing after it can be told apart, so the connection ends. */
export class FrameError extends Error {}

/** Cuts carbon's pickle protocol into messages: four bytes of length, big-endian, and a pickle of `[(path, (time, value)), …]`. */
export class PickleFrames {
  #parts: Buffer[] = [];
  #held = 0;

  /** @throws FrameError */
  push(chunk: Buffer, samples: PathSamples): void {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    for (let length = this.#length(); length >= 0 && this.#held >= 4 + length; length = this.#length()) {
      const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      const rest = bytes.subarray(4 + length);
      this.#parts = rest.length > 0 ? [rest] : [];
      this.#held = rest.length;
      readFrame(bytes.subarray(4, 4 + length), samples);
    }
  }

  /** Of the message that begins here, or -1 where that isn't known yet. */
  #length(): number {
    if (this.#held < 4) return -1;
    let first = this.#parts[0] as Buffer;
    if (first.length < 4) {
      first = Buffer.concat(this.#parts);
      this.#parts = [first];
    }
    const length = first.readUInt32BE(0);
    if (length > MAX_FRAME) throw new FrameError(`a message says it has ${length} bytes; the most is ${MAX_FRAME}`);
    return length;
  }
}

function readFrame(bytes: Buffer, samples: PathSamples): void {
  let list: Pickled;
  try {
    list = readPickle(bytes);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    return samples.refuse('bad-pickle', error.message, bytes.toString('latin1', 0, 200));
  }
  if (!Array.isArray(list)) return samples.refuse('bad-pickle', 'a message is a list of (path, (time, value))', JSON.stringify(list));
  for (const item of list as Pickled[]) addItem(item, samples);
}

function addItem(item: Pickled, samples: PathSamples): void {
  const [path, point] = Array.isArray(item) && item.length === 2 ? (item as Pickled[]) : [];
  const [time, value] = Array.isArray(point) && point.length === 2 ? (point as Pickled[]) : [];
  if (typeof path !== 'string' || time === undefined || value === undefined)
    return samples.refuse('bad-item', 'an item is (path, (time, value))', typeof path === 'string' ? path : typeof item);
  const seconds = numberOf(time);
  const number = numberOf(value);
  if (Number.isNaN(seconds)) return samples.refuse('bad-time', 'the time is not a number of seconds', path);
  if (!Number.isFinite(number))
    return samples.refuseValue(value === null ? 'None' : Array.isArray(value) ? 'a list' : String(value).slice(0, 100), path);
  samples.addText(path, number, seconds);
}

function numberOf(value: Pickled): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?$/.test(value) && value.length < 400
    ? Number(value)
    : NaN;
}
