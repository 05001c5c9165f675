/**
 * PGlite as nines needs it. Plain JavaScript, because threads and processes of their own are loaded by Node itself, in tests too.
 */
import fs from 'node:fs';
import { PGlite, types } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** PGlite's file system on Node with the fsync that it lacks: without it a commit would not survive power loss. */
class DurableFileSystem extends NodeFS {
  /**
   * @override
   * @type {NodeFS['init']}
   */
  async init(pg, options) {
    const made = await super.init(pg, options);
    const addFsync = (/** @type {any} */ module) => {
      module.NODEFS.stream_ops.fsync = (/** @type {{ nfd: number }} */ stream) => {
        fs.fsyncSync(stream.nfd);
        return 0;
      };
    };
    made.emscriptenOpts.preRun = [...(made.emscriptenOpts.preRun ?? []), addFsync];
    return made;
  }
}

/** PGlite starts with `-F` (never sync), 128 MB of buffers, and fdatasync, which reaches no file system at all. */
const startParams = (/** @type {boolean} */ sync) => [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[`fsync=${sync ? 'on' : 'off'}`, 'wal_sync_method=fsync', 'shared_buffers=16MB', 'timezone=UTC'].flatMap((setting) => ['-c', setting]),
];
const number = (/** @type {string} */ text) => Number(text);

/** Opens the cluster in a directory, making it where there is none. Without `sync` a loss of power may take commits. */
export const openPglite = (/** @type {string} */ directory, sync = true) =>
  PGlite.create({
    fs: new DurableFileSystem(directory),
    startParams: startParams(sync),
    parsers: { [types.INT8]: number, [types.NUMERIC]: number },
  });
