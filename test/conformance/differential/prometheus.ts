/** A real Prometheus over data of our making. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Loads OpenMetrics text into blocks and serves them on a loopback port. */
export async function startPrometheus(openMetrics: string): Promise<Peer> {
  const directory = await mkdtemp(join(tmpdir(), 'promql-differential-'));
  await writeFile(join(directory, 'data.om'), openMetrics);
  await writeFile(join(directory, 'prometheus.yml'), '');
  await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(directory, 'data.om'), join(directory, 'tsdb')]);
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'tsdb')}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
  ], { stdio: 'ignore' }); // prettier-ignore
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(url, () => child.exitCode);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function ready(url: string, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (exitCode() !== null) throw new Error(`prometheus ended with ${exitCode()}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('prometheus was not ready in time');
}
