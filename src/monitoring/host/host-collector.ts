/** How the machine is, under the node exporter's names: from /proc where there is one, nothing elsewhere. */
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricSample } from '../../platform/metrics.ts';
import type { MetricMetadata } from '../series.ts';
import { createFileSystemReader, type StatFs } from './filesystems.ts';
import { readDisks, readFileHandles, readLoad, readMemory, readMounts, readNetwork, readPressure, readStat } from './proc.ts';

export interface HostCollector {
  /** Never rejects: what can't be read is left out. */
  collect(): Promise<MetricSample[]>;
}

type Reader = (text: string) => MetricSample[];

const FILES: readonly (readonly [string, Reader])[] = [
  ['loadavg', readLoad],
  ['stat', readStat],
  ['meminfo', readMemory],
  ['diskstats', readDisks],
  ['net/dev', readNetwork],
  ['sys/fs/file-nr', readFileHandles],
  ['pressure/cpu', (text) => readPressure('cpu', text)],
  ['pressure/io', (text) => readPressure('io', text)],
  ['pressure/memory', (text) => readPressure('memory', text)],
];

export function createHostCollector({ proc = '/proc', statfs: ask = statfs }: { proc?: string; statfs?: StatFs } = {}): HostCollector {
  const fileSystems = createFileSystemReader(ask);

  async function read(file: string, reader: Reader): Promise<MetricSample[]> {
    try {
      return reader(await readFile(join(proc, file), 'utf8'));
    } catch {
      return [];
    }
  }

  async function readFileSystems(): Promise<MetricSample[]> {
    try {
      return await fileSystems.read(readMounts(await readFile(join(proc, 'self/mounts'), 'utf8')));
    } catch {
      return [];
    }
  }

  return {
    collect: async () => (await Promise.all([...FILES.map(([file, reader]) => read(file, reader)), readFileSystems()])).flat(),
  };
}

const HELP: Readonly<Record<string, string>> = {
  node_load1: 'Tasks that ran or waited, averaged over a minute.',
  node_load5: 'Tasks that ran or waited, averaged over 5 minutes.',
  node_load15: 'Tasks that ran or waited, averaged over 15 minutes.',
  node_cpu_seconds_total: 'Time that the processors spent in each mode.',
  node_memory_MemAvailable_bytes: 'Memory that programs could still get without swapping.',
  node_filesystem_avail_bytes: 'Bytes that ordinary users can still write.',
  node_filesystem_device_error: 'Whether the file system could not be asked: 1 or 0.',
  node_boot_time_seconds: 'When the machine started, in seconds since the epoch.',
};

/** Descriptions of the metrics among `samples`. */
export function describeHost(samples: readonly MetricSample[]): MetricMetadata[] {
  return [...new Set(samples.map(({ name }) => name))].map((metric) => ({
    metric,
    type: metric.endsWith('_total') ? 'counter' : 'gauge',
    help: HELP[metric] ?? '',
    unit: /_(seconds|bytes)(_total)?$/.exec(metric)?.[1] ?? '',
  }));
}
