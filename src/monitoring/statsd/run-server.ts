import { Worker } from 'node:worker_threads';
import type { FlushBatch } from './flush-batch.ts';
import { StatsdServer, type StatsdServerOptions } from './statsd-server.ts';
import type { FromWorker } from './statsd-worker.ts';

export interface RunningServer {
  readonly port: number;
  readonly receiveBuffer: number;
  /** Resolves when the last batch was given. */
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly settings: StatsdServerOptions;
  onBatch(batch: FlushBatch): void;
  /** The thread ended by itself. */
  onCrash(error: Error): void;
  /** Off where only TypeScript is there, which a thread of its own may not be able to read. */
  readonly thread?: boolean;
  /** Of the thread's Node. */
  readonly execArgv?: string[];
}

const BUILT = import.meta.url.endsWith('.js');

/** Starts the server, on a thread of its own where it can. Rejects with what is in the way of its ports. */
export async function runServer({ settings, onBatch, onCrash, thread = BUILT, execArgv }: RunOptions): Promise<RunningServer> {
  if (!thread) {
    const server = new StatsdServer(settings, onBatch);
    return { ...(await server.start()), stop: () => server.stop() };
  }
  const file = BUILT ? new URL('statsd-worker.js', import.meta.url) : new URL('statsd-worker.ts', import.meta.url);
  const worker = new Worker(file, { workerData: settings, ...(execArgv && { execArgv }) });
  let stopping = false;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const started = await new Promise<{ port: number; receiveBuffer: number }>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if ('batch' in message) onBatch(message.batch);
      else if ('started' in message) resolve(message.started);
      else if ('failed' in message) reject(Object.assign(new Error(message.failed.message), { code: message.failed.code }));
    });
    worker.on('error', (error: Error) => {
      reject(error);
      if (!stopping) onCrash(error);
    });
  });
  worker.unref();
  return {
    ...started,
    async stop() {
      stopping = true;
      worker.ref();
      worker.postMessage('stop');
      await ended;
    },
  };
}
