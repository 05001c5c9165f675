import type { LogFile, LogFiles } from './log-files.ts';

/** A disk in memory that can be full, slow or broken: for tests. */
export class FaultyFiles implements LogFiles {
  readonly contents = new Map<string, Buffer>();
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;
  /** Thrown by every write. */
  fault: NodeJS.ErrnoException | undefined;
  writes = 0;
  syncs = 0;
  /** When set, writes wait for it. */
  gate: Promise<void> | undefined;

  list(): Promise<{ name: string; bytes: number }[]> {
    return Promise.resolve([...this.contents].map(([name, bytes]) => ({ name, bytes: bytes.length })));
  }

  create(name: string): Promise<LogFile> {
    this.contents.set(name, Buffer.alloc(0));
    return Promise.resolve({
      write: (buffers, position) => this.#write(name, Buffer.concat(buffers), position),
      truncate: (length) => {
        this.contents.set(name, this.#of(name).subarray(0, length));
        return Promise.resolve();
      },
      sync: () => {
        this.syncs++;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }

  read(name: string): Promise<Buffer> {
    const bytes = Buffer.from(new ArrayBuffer(this.#of(name).length));
    this.#of(name).copy(bytes);
    return Promise.resolve(bytes);
  }

  remove(name: string): Promise<void> {
    this.room += this.#of(name).length;
    this.contents.delete(name);
    return Promise.resolve();
  }

  rename(name: string, to: string): Promise<void> {
    this.contents.set(to, this.#of(name));
    this.contents.delete(name);
    return Promise.resolve();
  }

  async #write(name: string, bytes: Buffer, position: number): Promise<void> {
    this.writes++;
    await this.gate;
    if (this.fault) throw this.fault;
    const fitting = bytes.subarray(0, Math.min(bytes.length, this.room));
    this.room -= fitting.length;
    this.contents.set(name, Buffer.concat([this.#of(name).subarray(0, position), fitting]));
    if (fitting.length < bytes.length) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }

  #of(name: string): Buffer {
    return this.contents.get(name) ?? Buffer.alloc(0);
  }
}
