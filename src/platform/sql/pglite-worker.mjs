/**
 * The embedded PostgreSQL, in its own thread so that a slow query never stalls the thread that pages people.
 * Messages in and out are WorkerRequest and WorkerResponse of embedded.ts; `{ ready: true }` is the first one out.
 * Plain JavaScript, because a worker thread is loaded by Node itself, in tests too.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { openPglite } from './durable-pglite.mjs';

if (!parentPort) throw new Error('pglite-worker runs as a worker thread only');
const port = parentPort;
const pg = await openPglite(workerData.directory, workerData.sync);
// Opening leaves some 10 MB behind (the files of the program), and statements too little garbage for a collection to find them.
v8.setFlagsFromString('--expose-gc');
vm.runInNewContext('gc')();

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
