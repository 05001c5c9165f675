import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createFileSystemReader } from './filesystems.ts';
import { createHostCollector, describeHost } from './host-collector.ts';

const sizes = { bsize: 4096, blocks: 1000, bfree: 300, bavail: 250, files: 50, ffree: 40 };
const mount = (mountpoint: string) => ({ device: `/dev${mountpoint}`, mountpoint, fstype: 'ext4', readonly: false });
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nines-proc-'));
  folders.push(path);
  return path;
}

test('what is there is read, what is not is left out', async () => {
  const proc = await folder();
  await mkdir(join(proc, 'self'));
  await writeFile(join(proc, 'loadavg'), '1 2 3 1/1 1\n');
  await writeFile(join(proc, 'self/mounts'), '/dev/sda1 / ext4 rw 0 0\n');
  const samples = await createHostCollector({ proc, statfs: async () => sizes }).collect();
  expect(samples.map(({ name, value }) => [name, value])).toEqual([
    ['node_load1', 1],
    ['node_load5', 2],
    ['node_load15', 3],
    ['node_filesystem_device_error', 0],
    ['node_filesystem_size_bytes', 4_096_000],
    ['node_filesystem_free_bytes', 1_228_800],
    ['node_filesystem_avail_bytes', 1_024_000],
    ['node_filesystem_files', 50],
    ['node_filesystem_files_free', 40],
    ['node_filesystem_readonly', 0],
  ]);
  expect(describeHost(samples)[0]).toEqual({ metric: 'node_load1', type: 'gauge', help: expect.stringContaining('minute'), unit: '' });
});

test('without /proc there is nothing, and no error', async () => {
  expect(await createHostCollector({ proc: join(await folder(), 'none') }).collect()).toEqual([]);
});

test('file systems that hang are waited for once, and the rest are left alone when two hang', async () => {
  const asked: string[] = [];
  const dead = new Set(['/dead1', '/dead2']);
  let release = (): void => {};
  const reader = createFileSystemReader(
    (path) => {
      asked.push(path);
      return dead.has(path) ? new Promise((resolve) => void (release = () => resolve(sizes))) : Promise.resolve(sizes);
    },
    { timeoutMs: 20 },
  );
  const mounts = ['/', '/dead1', '/a', '/dead2', '/b'].map(mount);
  const errors = async (): Promise<string[]> =>
    (await reader.read(mounts))
      .filter(({ name, value }) => name === 'node_filesystem_device_error' && value === 1)
      .map(({ labels }) => labels.mountpoint!);
  expect(await errors()).toEqual(['/dead1', '/dead2', '/b']);
  expect(asked).toEqual(['/', '/dead1', '/a', '/dead2']);
  await errors();
  expect(asked).toHaveLength(4);
  dead.delete('/dead2');
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await errors()).toEqual(['/dead1']);
});

test.skipIf(process.platform !== 'linux')('this machine', async () => {
  const samples = await createHostCollector().collect();
  const names = new Set(samples.map(({ name }) => name));
  for (const name of [
    'node_load1',
    'node_cpu_seconds_total',
    'node_memory_MemTotal_bytes',
    'node_boot_time_seconds',
    'node_filesystem_avail_bytes',
  ]) {
    expect(names).toContain(name);
  }
});
