import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { testIntake } from '../intakes/test-intake.ts';
import { createGraphiteListeners } from './graphite-listeners.ts';

const RELAY = '/usr/bin/carbon-relay';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test.skipIf(!existsSync(RELAY)).each(['pickle', 'line'] as const)(
  "what Graphite's own carbon-relay forwards by %s arrives whole",
  async (protocol) => {
    const { sink, book } = testIntake('other');
    const listeners = createGraphiteListeners({
      listen: { graphite: 0, graphitePickle: 0 },
      sinkFor: () => sink,
      book,
      clock: systemClock,
      retention: Infinity,
      host: '127.0.0.1',
    });
    await Promise.all(listeners.map((one) => one.start()));
    const wanted = protocol === 'pickle' ? 'graphite-pickle' : 'graphite';
    const to = book.list().find((one) => one.protocol === wanted)?.port ?? 0;
    const dir = mkdtempSync(path.join(tmpdir(), 'nines-carbon-'));
    const [line, pickle] = [await freePort(), await freePort()];
    const config = path.join(dir, 'carbon.conf');
    writeFileSync(
      config,
      `[cache]
[relay]
USER =
STORAGE_DIR = ${dir}
LOG_DIR = ${dir}
PID_DIR = ${dir}
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = ${line}
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = ${pickle}
RELAY_METHOD = consistent-hashing
REPLICATION_FACTOR = 1
DESTINATIONS = 127.0.0.1:${to}:a
DESTINATION_PROTOCOL = ${protocol}
CARBON_METRIC_INTERVAL = 0
MAX_DATAPOINTS_PER_MESSAGE = 500
MAX_QUEUE_SIZE = 100000
USE_FLOW_CONTROL = True
`,
    );
    // A relay asks for it, though it keeps nothing.
    writeFileSync(path.join(dir, 'storage-schemas.conf'), '[default]\npattern = .*\nretentions = 60s:1d\n');
    const relay = spawn(RELAY, ['--nodaemon', `--config=${config}`, `--pidfile=${dir}/relay.pid`, 'start'], { stdio: 'pipe' });
    let said = '';
    relay.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    relay.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      const at = Math.floor(Date.now() / 1000);
      const lines = Array.from({ length: 2000 }, (_, i) => `relay.host${i % 50}.load ${i / 8} ${at - 3000 + i}\n`);
      await vi.waitFor(
        () =>
          new Promise<void>((sent, failed) => {
            const socket = connect(line, '127.0.0.1', () =>
              socket.end([...lines, `disk.used;dc=x;host=a 7 ${at}\n`].join(''), () => sent()),
            );
            socket.on('error', failed);
          }),
        { timeout: 20_000, interval: 200 },
      );
      await vi.waitFor(() => expect(sink.samples.length, said).toBe(2001), { timeout: 20_000, interval: 100 });
      expect(sink.names.length).toBe(51);
      expect(sink.names).toContain('disk.used{dc="x",host="a"}');
      const values = sink.samples.map(([, , value]) => value as number).sort((a, b) => a - b);
      expect(values.slice(0, 3)).toEqual([0, 0.125, 0.25]);
      expect(book.list().flatMap(({ refusals }) => refusals)).toEqual([]);
    } finally {
      relay.kill('SIGKILL');
      await Promise.all(listeners.map((one) => one.stop()));
      rmSync(dir, { recursive: true, force: true });
    }
  },
  60_000,
);
