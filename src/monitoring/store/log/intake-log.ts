import { Problem } from '../../../platform/problem.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import type { ReusedBytes } from './reused-bytes.ts';
import { scanRecords, type Scan } from './scan-records.ts';
import { gapsBetween, newSegmentName, pastPlaces, segmentNumber, takenName, unreadableName, type Gap } from './segment-names.ts';

/**
 * The append-only log in front of the engine: what makes an acknowledgement cheap and the engine's batches big.
 *
 * The promise (docs/decisions/intake-log.md): `append` resolves once the record was handed to the operating system, so a killed
 * process loses nothing that was acknowledged; it is synced to the disk at most `syncMs` later, so a loss of power takes at most
 * that. A segment is removed once its rows are synced in the engine. All waiting records go out in one write.
 */
export interface IntakeLogOptions {
  readonly files: LogFiles;
  /** The log's bound: beyond it appends are refused until the engine has caught up. */
  readonly maxBytes: number;
  /** A segment is closed at this size; it is also the size of the engine's batches. */
  readonly segmentBytes: number;
  /** How often written records are synced to the disk. */
  readonly syncMs: number;
  /** Called when a write or a sync fails (with the error) and when one succeeds after a failure (with undefined). */
  readonly onFault: (fault: unknown) => void;
}

interface Waiting {
  readonly record: Buffer;
  readonly resolve: (segment: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Records that wait for a slow disk take memory: beyond this, appends are refused. */
const MOST_WAITING_BYTES = 64 * 1024 ** 2;

interface Segment {
  readonly name: string;
  readonly bytes: number;
}

export class IntakeLog {
  readonly #options: IntakeLogOptions;
  /** Closed segments by number, oldest first. */
  readonly #closed = new Map<number, Segment>();
  /** Files in the places of segments that were taken while an older one was not. */
  #taken: string[] = [];
  #missing: readonly Gap[] = [];
  #name = '';
  #file: LogFile | undefined;
  #segment = 0;
  #size = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Records that no one waits for, but which must precede what is appended after them. Kept over a failed write. */
  #first: Buffer[] = [];
  #busy: Promise<void> | undefined;
  #rolls: (() => void)[] = [];
  #unsynced = false;
  #faulty = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: IntakeLogOptions) {
    this.#options = options;
  }

  /** Opens the log. What an earlier process left in it is in `closed`. */
  static async open(options: IntakeLogOptions): Promise<IntakeLog> {
    const log = new IntakeLog(options);
    const found = await options.files.list();
    const segments = found.map((file) => ({ segment: segmentNumber(file.name), file })).filter(({ segment }) => segment > 0);
    for (const { segment, file } of segments.sort((a, b) => a.segment - b.segment)) {
      log.#closed.set(segment, file);
      log.#segment = segment;
    }
    await log.#dropUnbegun();
    const names = found.map(({ name }) => name);
    log.#missing = gapsBetween(log.closed, names);
    log.#taken = names.filter((name) => name.endsWith(takenName('')));
    await log.#clearPlaces();
    log.#timer = setInterval(() => void log.sync(), options.syncMs).unref();
    return log;
  }

  /** Resolves with the number of the segment that holds the record. @throws Problem 503 when the disk or the log is full */
  append(record: Buffer): Promise<number> {
    if (this.bytes + this.#waitingBytes > this.#options.maxBytes) return Promise.reject(logFull(this.#options.maxBytes));
    if (this.#waitingBytes > MOST_WAITING_BYTES) return Promise.reject(new Problem(503, 'disk-slow', SLOW, { retryAfter: 5 }));
    this.#waitingBytes += record.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#work();
    });
  }

  /** Writes the record before anything that is appended later; tried again with the next append when the disk refuses it. */
  precede(record: Buffer): void {
    this.#first.push(record);
  }

  /** Closes the segment that is being written, so that the engine can take it. */
  roll(): Promise<void> {
    return new Promise((resolve) => {
      this.#rolls.push(resolve);
      this.#work();
    });
  }

  get bytes(): number {
    let sum = this.#size;
    for (const { bytes } of this.#closed.values()) sum += bytes;
    return sum;
  }

  /** Segments that were lost between those that the log was opened with. */
  get missing(): readonly Gap[] {
    return this.#missing;
  }

  isEmpty(segment: number): boolean {
    return this.#closed.get(segment)?.bytes === 0;
  }

  /** Closed segments, oldest first: what the engine has yet to take. */
  get closed(): readonly number[] {
    return [...this.#closed.keys()];
  }

  /** The newest segment with anything in it; 0 when there is none. */
  get newest(): number {
    return this.#size > 0 ? this.#segment : ([...this.#closed.keys()].at(-1) ?? 0);
  }

  /** What can be read of a closed segment. */
  async read(segment: number, memory?: ReusedBytes): Promise<Scan> {
    return scanRecords(await this.#options.files.read(this.#nameOf(segment), memory));
  }

  /**
   * Renames a closed segment that can't be read, so that no later start reads it either: by then the numbers of its series may belong
   * to others.
   */
  async setAside(segment: number): Promise<{ readonly file: string; readonly bytes: number }> {
    const name = this.#nameOf(segment);
    const file = unreadableName(name);
    const bytes = this.#closed.get(segment)?.bytes ?? 0;
    await this.#options.files.rename(name, file);
    this.#closed.delete(segment);
    return { file, bytes };
  }

  /** Removes a segment that was taken. While an older one is left something stays in its place, or it would look as if it had been lost. */
  async drop(segment: number): Promise<void> {
    const { files } = this.#options;
    const name = this.#nameOf(segment);
    if (segment !== this.closed[0]) {
      const place = await files.create(takenName(name));
      await place.close();
      this.#taken.push(takenName(name));
    }
    await files.remove(name);
    this.#closed.delete(segment);
    await this.#clearPlaces();
  }

  /** Names a closed segment for ever, so that whoever takes it can tell whether it took it before. */
  tokenOf(segment: number): string {
    return this.#nameOf(segment).replace('.log', '');
  }

  async sync(): Promise<void> {
    if (!this.#unsynced || !this.#file) return;
    this.#unsynced = false;
    try {
      await this.#file.sync();
      this.#fault(undefined);
    } catch (error) {
      this.#unsynced = true;
      this.#fault(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#busy) await this.#busy;
    await this.sync();
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Files are made before the first write to them: the last one is empty where a process ended in between, and nothing is lost with it. */
  async #dropUnbegun(): Promise<void> {
    for (let last = this.closed.at(-1); last !== undefined && this.isEmpty(last); last = this.closed.at(-1)) {
      await this.#options.files.remove(this.#nameOf(last));
      this.#closed.delete(last);
      this.#segment = last - 1;
    }
  }

  async #clearPlaces(): Promise<void> {
    if (this.#taken.length === 0) return;
    const past = new Set(pastPlaces(this.#taken, this.closed[0] ?? (this.#size > 0 ? this.#segment : undefined)));
    for (const name of past) await this.#options.files.remove(name);
    this.#taken = this.#taken.filter((name) => !past.has(name));
  }

  #nameOf(segment: number): string {
    const name = this.#closed.get(segment)?.name;
    if (name === undefined) throw new RangeError(`The intake log has no closed segment ${segment}.`);
    return name;
  }

  #work(): void {
    this.#busy ??= this.#loop().finally(() => {
      this.#busy = undefined;
      if (this.#waiting.length > 0 || this.#rolls.length > 0) this.#work();
    });
  }

  async #loop(): Promise<void> {
    // One turn of the event loop gathers everything that arrived in it.
    await new Promise((next) => setImmediate(next));
    while (this.#waiting.length > 0 || this.#rolls.length > 0) {
      const batch = this.#waiting;
      const first = this.#first;
      this.#waiting = [];
      this.#first = [];
      this.#waitingBytes = 0;
      if (batch.length > 0) {
        try {
          const segment = await this.#write([...first, ...batch.map((one) => one.record)]);
          this.#fault(undefined);
          for (const one of batch) one.resolve(segment);
        } catch (error) {
          this.#first = [...first, ...this.#first];
          this.#fault(error);
          for (const one of batch) one.reject(diskProblem(error));
        }
      } else this.#first = [...first, ...this.#first];
      const rolls = this.#rolls;
      this.#rolls = [];
      if (rolls.length > 0 || this.#size >= this.#options.segmentBytes) await this.#closeSegment();
      for (const done of rolls) done();
    }
  }

  async #write(records: readonly Buffer[]): Promise<number> {
    if (!this.#file) {
      this.#name = newSegmentName(this.#segment + 1);
      this.#file = await this.#options.files.create(this.#name);
      this.#segment += 1;
      this.#size = 0;
    }
    try {
      await this.#file.write(records, this.#size);
    } catch (error) {
      // What got there is no record: take it back, or a later scan could find a part of it.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    for (const record of records) this.#size += record.length;
    this.#unsynced = true;
    return this.#segment;
  }

  async #closeSegment(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    await this.sync();
    this.#file = undefined;
    const size = this.#size;
    if (size > 0) this.#closed.set(this.#segment, { name: this.#name, bytes: size });
    this.#size = 0;
    await file.close().catch(this.#options.onFault);
    if (size > 0) return;
    // The disk refused all that was to be written to it. An empty one between others would look as if it had been lost.
    const removed = this.#options.files.remove(this.#name).then(() => (this.#segment -= 1));
    await removed.catch(this.#options.onFault);
  }

  #fault(fault: unknown): void {
    if (fault === undefined && !this.#faulty) return;
    this.#faulty = fault !== undefined;
    this.#options.onFault(fault);
  }
}

const SLOW = 'The disk takes samples more slowly than they arrive. Nothing of this request was stored: send it again.';

const logFull = (maxBytes: number): Problem =>
  new Problem(
    503,
    'intake-behind',
    `The column store is behind and the intake log is full (${maxBytes} bytes). Nothing of this was stored: send it again.`,
    {
      retryAfter: 30,
      extra: { limit: maxBytes, setting: 'store.maxLogBytes' },
    },
  );

function diskProblem(error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const what = full ? 'The disk of the data directory is full' : `The intake log can't be written (${code || String(error)})`;
  return new Problem(503, full ? 'disk-full' : 'disk-failing', `${what}. Nothing of this was stored: send it again.`, {
    retryAfter: 30,
    cause: error,
  });
}
