import fs from 'node:fs';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import type { SourceFile } from './check-documents.ts';
import type { Includes } from './included-files.ts';
import type { ApplyAnswer, DocumentProblem } from './contract.ts';
import { type FolderListing, listFolder, readFiles } from './read-folder.ts';

export interface FolderWatchOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Adds the files that documents name. */
  readonly includes: Includes;
  apply(files: readonly SourceFile[]): Promise<ApplyAnswer>;
  refused(problems: readonly DocumentProblem[]): void;
}

export interface FolderWatch {
  readonly directory: string;
  /** The folder was read once. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

/** How long nothing must happen before an edit counts as finished: editors write, rename and touch in several steps. */
const QUIET_MS = 200;
const MAX_WAIT_MS = 2_000;
/** Not every file system tells of changes (network mounts, containers): look by ourselves as well. */
const RESCAN_MS = 3_000;
/** A watcher for each folder, up to this many; the rest is found by looking. */
const MAX_WATCHERS = 500;

/** Keeps a folder's documents applied: reads it when it changes, refuses a bad edit, and tries again with the next one. */
export function watchFolder(options: FolderWatchOptions): FolderWatch {
  const watch = new Watch(options);
  return { directory: options.directory, first: watch.run(), stop: () => watch.stop() };
}

class Watch {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, fs.FSWatcher>();
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  /** What was last judged; undefined where that came to no conclusion, and should be tried again. */
  #judged: string | undefined;
  /** A watcher spoke: read the files even if their sizes and times look the same. */
  #touched = true;
  #touchedAt = 0;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#pass()).finally(() => this.#schedule(this.#touched ? QUIET_MS : RESCAN_MS));
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    for (const watcher of this.#watchers.values()) watcher.close();
    await this.#running;
  }

  #schedule(delay: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#options.clock.after(delay, () => void this.run());
  }

  async #pass(): Promise<void> {
    const { directory, log, refused, includes } = this.#options;
    try {
      const listing = await includes(directory, await listFolder(directory));
      this.#watchAll(listing.directories);
      const signature = signatureOf(listing);
      if (!this.#touched && signature === this.#judged) return;
      this.#touched = false;
      this.#judged = undefined;
      const { files, problems } = await readFiles(listing.files);
      // Someone is still writing: half a file must not be judged. The next pass comes when they have finished.
      if (signatureOf(await includes(directory, await listFolder(directory))) !== signature) return this.#changed();
      const answer = problems.length === 0 ? await this.#options.apply(files) : undefined;
      if (answer?.applied !== true) refused(answer?.problems ?? problems);
      this.#judged = signature;
    } catch (error) {
      if (error instanceof Problem) refused([problemOf(directory, error.message)]);
      else {
        log.error({ err: error }, 'The folder of documents could not be applied; trying again');
        refused([problemOf(directory, `could not be applied, trying again: ${(error as Error).message}`)]);
      }
    }
  }

  #changed(): void {
    const now = this.#options.clock.monotonic();
    if (!this.#touched) this.#touchedAt = now;
    this.#touched = true;
    // Someone who never stops writing must not keep the rest from being read.
    if (now - this.#touchedAt < MAX_WAIT_MS) this.#schedule(QUIET_MS);
  }

  #watchAll(directories: readonly string[]): void {
    for (const [directory, watcher] of this.#watchers) {
      if (directories.includes(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of directories.slice(0, MAX_WATCHERS)) {
      if (this.#watchers.has(directory) || this.#stopped) continue;
      try {
        const watcher = fs.watch(directory, { persistent: false }, () => this.#changed());
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(directory);
        });
        this.#watchers.set(directory, watcher);
      } catch {
        // No watchers left, or the folder has just gone: the rescan finds what changes.
      }
    }
  }
}

const signatureOf = ({ files }: FolderListing): string => files.map(({ file, signature }) => `${file}:${signature}`).join('\n');

const problemOf = (file: string, message: string): DocumentProblem => ({
  file,
  line: 1,
  column: 1,
  severity: 'error',
  message,
  hint: null,
});
