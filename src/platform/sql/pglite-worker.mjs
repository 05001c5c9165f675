/**
 * The embedded PostgreSQL, in its own thread so that a slow query never stalls the thread that pages people.
 * Messages in and out are WorkerRequest and WorkerResponse of embedded.ts; `{ ready: true }` is the first one out.
 * Plain JavaScript, because a worker thread is loaded by Node itself, in tests too.
 */
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
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
const startParams = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['fsync=on', 'wal_sync_method=fsync', 'shared_buffers=16MB', 'timezone=UTC'].flatMap((setting) => ['-c', setting]),
];

if (!parentPort) throw new Error('pglite-worker runs as a worker thread only');
const port = parentPort;
const number = (/** @type {string} */ text) => Number(text);
const pg = await PGlite.create({
  fs: new DurableFileSystem(workerData.directory),
  startParams,
  parsers: { [types.INT8]: number, [types.NUMERIC]: number },
});

/**
 * @param {import('./embedded.ts').WorkerRequest} request
 * @returns {Promise<import('./embedded.ts').WorkerResponse>}
 */
async function answer({ id, text, parameters, script, close }) {
  try {
    if (close) {
      await pg.close();
      return { id };
    }
    if (script !== undefined) {
      await pg.exec(script);
      return { id };
    }
    const { rows, affectedRows } = await pg.query(text ?? '', [...(parameters ?? [])]);
    return { id, rows: /** @type {Record<string, unknown>[]} */ (rows), affected: affectedRows ?? 0 };
  } catch (error) {
    const { message, code, detail } = /** @type {{ message: string, code?: string, detail?: string }} */ (error);
    // PostgreSQL gives every error of a statement a code below these. With others it may be PostgreSQL itself that has ended.
    const grave = code === undefined || /^(57P|58|XX)/.test(code);
    const dead = grave && (await pg.query('select 1').catch(() => undefined)) === undefined;
    return { id, error: { message, code, detail }, dead };
  }
}

port.on('message', (request) => {
  void answer(request).then((response) => {
    port.postMessage(response);
    if (request.close) port.close();
    // Ends this thread only; the other side starts another.
    if (response.dead) process.exit(1);
  });
});
port.postMessage({ ready: true });
