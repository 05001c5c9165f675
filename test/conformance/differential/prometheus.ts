/** A real Prometheus, empty, that takes samples of any time by remote write. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPeer } from '../../harness/peer-process.ts';
import { freePort } from '../../harness/free-port.ts';

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** On a loopback port, in a folder that goes with it. */
export async function startPrometheus(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'nines-differential-'));
  await writeFile(join(directory, 'prometheus.yml'), '');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'tsdb')}`,
    '--storage.tsdb.retention.time=100y',
    '--web.enable-remote-write-receiver',
    '--enable-feature=native-histograms',
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const clear = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const peer = await startPeer('prometheus', options, async () => (await fetch(`${url}/-/ready`)).ok);
    return {
      url,
      stop: async () => {
        await peer.stop('SIGKILL');
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}
