import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReusedBytes } from './reused-bytes.ts';

/** What the intake log asks of a file system: small, so that a test can be a disk that is full, slow or broken. */
export interface LogFiles {
  /** The files in the folder, which is made when it isn't there. */
  list(): Promise<{ readonly name: string; readonly bytes: number }[]>;
  /** A new, empty file. */
  create(name: string): Promise<LogFile>;
  /** The whole file, at a multiple of 8 bytes in its buffer; in memory of `memory` where it is given, until that is used again. */
  read(name: string, memory?: ReusedBytes): Promise<Buffer>;
  remove(name: string): Promise<void>;
  rename(name: string, to: string): Promise<void>;
}

export interface LogFile {
  /** Writes all the buffers at `position`, or throws. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Comes back once what was written would survive a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export function diskFiles(dir: string): LogFiles {
  return {
    async list() {
      await mkdir(dir, { recursive: true });
      const names = await readdir(dir);
      const files = await Promise.all(
        names.map(async (name) => {
          // What isn't a file, or leads nowhere, is none of ours.
          const found = await stat(join(dir, name)).catch(() => undefined);
          return found?.isFile() === true ? { name, bytes: found.size } : undefined;
        }),
      );
      return files.filter((file) => file !== undefined);
    },
    async create(name) {
      const file = await open(join(dir, name), 'w+');
      return {
        write: (buffers, position) => writeAll(file, buffers, position),
        truncate: (length) => file.truncate(length),
        sync: () => file.datasync(),
        close: () => file.close(),
      };
    },
    async read(name, memory) {
      const file = await open(join(dir, name), 'r');
      try {
        const { size } = await file.stat();
        const bytes = Buffer.from(memory?.take(size) ?? new ArrayBuffer(size), 0, size);
        let filled = 0;
        while (filled < size) {
          const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    },
    remove: (name) => rm(join(dir, name), { force: true }),
    rename: (name, to) => rename(join(dir, name), join(dir, to)),
  };
}

/** A write may take only a part (a disk that is nearly full, a limit on the number of buffers): go on with the rest. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, buffers: readonly Buffer[], position: number): Promise<void> {
  let rest = [...buffers];
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
    while (rest.length > 0 && bytesWritten >= (rest[0]?.length ?? 0)) bytesWritten -= rest.shift()?.length ?? 0;
    if (bytesWritten > 0 && rest[0]) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
  }
}
