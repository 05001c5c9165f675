/**
 * The telemetry store behind remote write and nothing else: what the bench measures before the whole program is built.
 * Usage: node --import ./bench/typescript.mjs bench/store-server.ts DIR PORT
 */
import http from 'node:http';
import { systemClock } from '../src/platform/clock.ts';
import { createRemoteWrite } from '../src/monitoring/remote-write/index.ts';
import { createStore } from '../src/monitoring/store/index.ts';

const [dir = '', port = '0'] = process.argv.slice(2);
const say = (fields: unknown, text?: string): void => console.error(text ?? '', fields);
const log = { info: say, warn: say, error: say };
const store = createStore({ dir, clock: systemClock, log });
await store.start();
const write = createRemoteWrite({ sink: store, clock: systemClock });

const server = http.createServer((request, response) => {
  if (request.url === '/stats') {
    void store.stats().then((stats) => response.end(JSON.stringify(stats)));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    write(Buffer.concat(chunks), request.headers).then(
      ({ status, problem }) => {
        response.statusCode = status;
        response.end(problem?.message);
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify(server.address())));
process.on('SIGTERM', () => {
  server.close();
  void store.stop().then(() => process.exit(0));
});
