/** Runs the StatsD server on a thread of its own. Not imported: `run-server.ts` starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FlushBatch } from './flush-batch.ts';
import { StatsdServer, type StatsdServerOptions } from './statsd-server.ts';

export type FromWorker =
  | { readonly started: { readonly port: number; readonly receiveBuffer: number } }
  | { readonly failed: { readonly message: string; readonly code: string | undefined } }
  | { readonly batch: FlushBatch }
  | { readonly stopped: true };

const port = parentPort;
if (!port) throw new Error('statsd-worker.ts runs as a worker thread');

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const server = new StatsdServer(workerData as StatsdServerOptions, (batch) =>
  send({ batch }, [batch.slots.buffer as ArrayBuffer, batch.times.buffer as ArrayBuffer, batch.values.buffer as ArrayBuffer]),
);

port.once('message', () => {
  void server.stop().then(() => {
    send({ stopped: true });
    port.close();
  });
});

try {
  send({ started: await server.start() });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  send({ failed: { message, code } });
  port.close();
}
