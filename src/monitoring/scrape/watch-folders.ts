import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** A folder that can't be watched, for it isn't there yet, is tried again so often. */
const RETRY_MS = 5_000;

/**
 * Calls `changed` for whatever happens in the folders of the files, until what it returns is called. All that happens, not what
 * happens to these names: a volume of secrets or settings swaps a link beside them. Where the system can't watch, nothing is called.
 */
export function watchFolders(files: readonly string[], changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  const folders = new Set(files.map((file) => dirname(file)));

  function begin(folder: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, () => changed());
      const end = (): void => {
        watcher.close();
        if (watchers.get(folder) === watcher) watchers.delete(folder);
      };
      watcher.on('error', end);
      watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  for (const folder of folders) begin(folder);
  const timer = setInterval(() => {
    for (const folder of folders) if (!watchers.has(folder) && begin(folder)) changed();
  }, RETRY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}
