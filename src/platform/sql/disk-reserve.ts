import fs from 'node:fs';
import path from 'node:path';

const MB = 1024 ** 2;
const SIZE = 16 * MB;
/** The reserve itself must not be what fills the disk. */
const NEEDS_FREE = 4 * SIZE;
const BLOCK = Buffer.alloc(MB);

/**
 * Room on the disk that is kept for the state, so that people are still paged when the disk is full: given up when a write
 * finds no room, and taken back once there is plenty again.
 */
export class DiskReserve {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = path.join(directory, 'reserve');
  }

  get isHeld(): boolean {
    return fs.existsSync(this.#file);
  }

  /** Takes the room, where there is plenty. */
  take(): void {
    if (this.isHeld) return;
    try {
      const { bavail, bsize } = fs.statfsSync(path.dirname(this.#file));
      if (bavail * bsize < NEEDS_FREE) return;
      const handle = fs.openSync(this.#file, 'w');
      for (let at = 0; at < SIZE; at += MB) fs.writeSync(handle, BLOCK, 0, MB, at);
      fs.closeSync(handle);
    } catch {
      this.release();
    }
  }

  release(): void {
    fs.rmSync(this.#file, { force: true });
  }
}
