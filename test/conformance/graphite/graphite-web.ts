/** A real graphite-web over data of our making. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PeerSeries {
  readonly name: string;
  /** Seconds. */
  readonly start: number;
  readonly step: number;
  readonly values: readonly (number | null)[];
}

export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

const PYTHON = '/usr/bin/python3';

export const hasGraphiteWeb = (): boolean => spawnSync(PYTHON, ['-c', 'import graphite, whisper, django']).status === 0;

/** Writes the series into whisper files and serves them on a loopback port. `now` and `retention` in seconds. */
export async function startGraphiteWeb(series: readonly PeerSeries[], now: number, retention: number): Promise<Peer> {
  const directory = await mkdtemp(join(tmpdir(), 'graphite-web-'));
  const child = spawn(PYTHON, [join(import.meta.dirname, 'graphite-web.py'), directory], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-10_000)));
  child.stdin.write(`${JSON.stringify({ series, now, retention })}\n`);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(directory, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+$/.test(line)) return { url: `http://127.0.0.1:${line}`, stop };
  }
  await stop();
  throw new Error(`graphite-web did not start: ${errors}`);
}
