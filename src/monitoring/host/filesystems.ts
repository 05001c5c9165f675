import type { MetricSample } from '../../platform/metrics.ts';
import type { Mount } from './proc.ts';

/** As of statfs(2). */
export interface FileSystemSizes {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

export type StatFs = (path: string) => Promise<FileSystemSizes>;

export interface FileSystemReader {
  read(mounts: readonly Mount[]): Promise<MetricSample[]>;
}

/**
 * Sizes of file systems. Asking one whose server is gone never returns, and holds a thread for as long: so each is
 * waited for only so long, isn't asked again while it hangs, and when some hang the others that might are left alone.
 */
export function createFileSystemReader(statfs: StatFs, { timeoutMs = 1_000, mostHanging = 2 } = {}): FileSystemReader {
  const hanging = new Set<string>();

  async function sizesOf(mountpoint: string): Promise<FileSystemSizes | undefined> {
    if (hanging.has(mountpoint) || hanging.size >= mostHanging) return undefined;
    hanging.add(mountpoint);
    const asked = statfs(mountpoint)
      .catch(() => undefined)
      .finally(() => hanging.delete(mountpoint));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => void (timer = setTimeout(resolve, timeoutMs, undefined)));
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async read(mounts) {
      const samples: MetricSample[] = [];
      for (const mount of mounts) samples.push(...samplesOf(mount, await sizesOf(mount.mountpoint)));
      return samples;
    },
  };
}

function samplesOf({ device, mountpoint, fstype, readonly }: Mount, sizes: FileSystemSizes | undefined): MetricSample[] {
  const labels = { device, mountpoint, fstype };
  const sample = (what: string, value: number): MetricSample => ({ name: `node_filesystem_${what}`, labels, value });
  if (sizes === undefined) return [sample('device_error', 1)];
  if (sizes.blocks === 0) return [];
  return [
    sample('device_error', 0),
    sample('size_bytes', sizes.blocks * sizes.bsize),
    sample('free_bytes', sizes.bfree * sizes.bsize),
    sample('avail_bytes', sizes.bavail * sizes.bsize),
    sample('files', sizes.files),
    sample('files_free', sizes.ffree),
    sample('readonly', readonly ? 1 : 0),
  ];
}
