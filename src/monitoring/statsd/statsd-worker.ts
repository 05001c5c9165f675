/** Runs the StatsD server on a thread of its own. Not imported: `run-server.ts` starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { Aggregator } from './aggregator.ts';
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

/**
 * Reads packets of every kind that nobody sent, into nothing: code that never ran is many times slower, and at the full rate of a sender
 * the system's buffer would be over before it got quicker. Takes some ten milliseconds.
 */
function warmUp(options: StatsdServerOptions): void {
  const nothing = new Aggregator(options, Date.now());
  const lines = Array.from({ length: 200 }, (_, i) => `a.${i}:1|c\na.b.${i}:2.5|ms|@0.5\nc.${i}:-1|g|#d:e\nf.${i}:g|s\n`).join('');
  const bytes = new TextEncoder().encode(lines);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 50; i++) nothing.read(bytes, view, bytes.length, Date.now());
  nothing.flush(Date.now());
}

try {
  warmUp(workerData as StatsdServerOptions);
  send({ started: await server.start() });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  send({ failed: { message, code } });
  port.close();
}
