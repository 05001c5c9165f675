/** A small file system in memory, to be filled to its last byte. Needs root, to mount it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Disk extends Disposable {
  readonly directory: string;
  /** Takes every byte that is left but so many. */
  fill(left?: number): void;
  makeRoom(): void;
}

/** Undefined where it may not be mounted. */
export function mountDisk(megabytes: number): Disk | undefined {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory]);
  if (status !== 0) {
    fs.rmdirSync(directory);
    return undefined;
  }
  const filler = fs.openSync(path.join(directory, 'filler'), 'a');
  const fill = (left = 0): void => {
    for (const size of [1024 ** 2, 4096]) {
      const block = Buffer.alloc(size);
      try {
        for (;;) fs.writeSync(filler, block);
      } catch {
        // Full to within a block of this size.
      }
    }
    if (left > 0) fs.ftruncateSync(filler, Math.max(0, fs.fstatSync(filler).size - left));
  };
  const unmount = (): void => {
    fs.closeSync(filler);
    spawnSync('umount', ['--lazy', directory]);
    fs.rmdirSync(directory);
  };
  return { directory, fill, makeRoom: () => fs.ftruncateSync(filler), [Symbol.dispose]: unmount };
}

export const canMount = ((): boolean => {
  using disk = mountDisk(1);
  return disk !== undefined;
})();
