/** Readers of Linux' /proc, each a pure function of a file's text: see proc(5). Lines that aren't understood are left out. */
import type { MetricLabels, MetricSample } from '../../platform/metrics.ts';

const sample = (name: string, value: number, labels: MetricLabels = {}): MetricSample => ({ name, labels, value });
/** As `Number`, but nothing is not zero. */
const numberOf = (text: string | undefined): number => (text === undefined || text === '' ? NaN : Number(text));
const isNumber = ({ value }: MetricSample): boolean => Number.isFinite(value);
const linesOf = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s+/));

/** The kernel counts in hundredths of a second for user space, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** diskstats counts in these, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;

/** /proc/loadavg */
export function readLoad(text: string): MetricSample[] {
  const [one, five, fifteen] = text.trim().split(/\s+/).map(numberOf);
  return [
    sample('node_load1', one ?? NaN),
    sample('node_load5', five ?? NaN),
    sample('node_load15', fifteen ?? NaN),
  ].filter(isNumber); // prettier-ignore
}

const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];

/** /proc/stat */
export function readStat(text: string): MetricSample[] {
  const samples: MetricSample[] = [];
  for (const [key = '', ...values] of linesOf(text)) {
    const cpu = /^cpu(\d+)$/.exec(key)?.[1];
    if (cpu !== undefined) {
      for (const [i, mode] of CPU_MODES.entries()) {
        if (values[i] !== undefined) samples.push(sample('node_cpu_seconds_total', numberOf(values[i]) / TICKS_PER_SECOND, { cpu, mode }));
      }
    } else if (key === 'btime') samples.push(sample('node_boot_time_seconds', numberOf(values[0])));
    else if (key === 'procs_running' || key === 'procs_blocked') samples.push(sample(`node_${key}`, numberOf(values[0])));
  }
  return samples.filter(isNumber);
}

const MEMORY = new Set(['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree']);

/** /proc/meminfo */
export function readMemory(text: string): MetricSample[] {
  return linesOf(text)
    .filter(([key = '']) => MEMORY.has(key.replace(/:$/, '')))
    .map(([key = '', value, unit]) => sample(`node_memory_${key.replace(/:$/, '')}_bytes`, numberOf(value) * (unit === 'kB' ? 1024 : 1)))
    .filter(isNumber);
}

/** Partitions, loops and memory disks: their traffic is counted on the disk as well, or is none. */
const IGNORED_DISKS = /^(z?ram|loop|fd|sr|(h|s|v|xv)d[a-z]+|nvme\d+n\d+p|mmcblk\d+p)\d+$/;

/** /proc/diskstats, see Documentation/admin-guide/iostats.rst */
export function readDisks(text: string): MetricSample[] {
  return linesOf(text)
    .filter(([, , device]) => device !== undefined && !IGNORED_DISKS.test(device))
    .flatMap(([, , device, ...fields]) => {
      const labels = { device: device! };
      const of = (i: number): number => numberOf(fields[i]);
      return [
        sample('node_disk_reads_completed_total', of(0), labels),
        sample('node_disk_read_bytes_total', of(2) * SECTOR_BYTES, labels),
        sample('node_disk_read_time_seconds_total', of(3) / 1000, labels),
        sample('node_disk_writes_completed_total', of(4), labels),
        sample('node_disk_written_bytes_total', of(6) * SECTOR_BYTES, labels),
        sample('node_disk_write_time_seconds_total', of(7) / 1000, labels),
        sample('node_disk_io_now', of(8), labels),
        sample('node_disk_io_time_seconds_total', of(9) / 1000, labels),
      ];
    })
    .filter(isNumber);
}

/** A container's end of a cable: one for each, with a new name each time. */
const IGNORED_INTERFACES = /^veth/;

/** /proc/net/dev */
export function readNetwork(text: string): MetricSample[] {
  return text
    .split('\n')
    .map((line) => /^\s*([^:\s]+):\s*(.*)$/.exec(line))
    .filter((match) => match !== null && !IGNORED_INTERFACES.test(match[1]!))
    .flatMap((match) => {
      const labels = { device: match![1]! };
      const fields = match![2]!.trim().split(/\s+/).map(numberOf);
      return [['receive', 0] as const, ['transmit', 8] as const].flatMap(([direction, at]) =>
        ['bytes', 'packets', 'errs', 'drop'].map((what, i) =>
          sample(`node_network_${direction}_${what}_total`, fields[at + i] ?? NaN, labels),
        ),
      );
    })
    .filter(isNumber);
}

/** /proc/sys/fs/file-nr */
export function readFileHandles(text: string): MetricSample[] {
  const [allocated, , maximum] = text.trim().split(/\s+/).map(numberOf);
  return [sample('node_filefd_allocated', allocated ?? NaN), sample('node_filefd_maximum', maximum ?? NaN)].filter(isNumber);
}

/** /proc/pressure/cpu, io or memory: how long some task, or every task, had to wait for it. */
export function readPressure(resource: 'cpu' | 'io' | 'memory', text: string): MetricSample[] {
  return linesOf(text)
    .filter(([who]) => who === 'some' || (who === 'full' && resource !== 'cpu'))
    .map(([who, ...fields]) => {
      const total = fields.find((field) => field.startsWith('total='))?.slice(6);
      return sample(`node_pressure_${resource}_${who === 'some' ? 'waiting' : 'stalled'}_seconds_total`, numberOf(total) / 1e6);
    })
    .filter(isNumber);
}

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readonly: boolean;
}

/** Not disks: made up by the kernel, in memory, or an image that can't fill. */
const PSEUDO =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|erofs|fusectl|fuse\.(lxcfs|portal|gvfsd-fuse)|hugetlbfs|iso9660|mqueue|none|nsfs|overlay|proc|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$/;
const SYSTEM = /^\/(dev|proc|sys|run\/credentials|var\/lib\/docker|var\/lib\/containers\/storage|var\/lib\/kubelet\/pods)($|\/)/;

/**
 * /proc/self/mounts: the file systems that can fill up, each once. The root counts whatever it is: in a container it is
 * an overlay of the disk.
 */
export function readMounts(text: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const [device = '', mountpoint = '', fstype = '', options = ''] of text.split('\n').map((line) => line.split(' '))) {
    if (!mountpoint.startsWith('/')) continue;
    if (mountpoint !== '/' && (PSEUDO.test(fstype) || SYSTEM.test(mountpoint))) continue;
    const mount = { device: unescape(device), mountpoint: unescape(mountpoint), fstype, readonly: options.split(',').includes('ro') };
    // Bound to several places: the shortest path is the one that people know it by.
    const key = `${mount.device} ${fstype}`;
    const known = mounts.get(key);
    if (known === undefined || mount.mountpoint.length < known.mountpoint.length) mounts.set(key, mount);
  }
  return [...mounts.values()];
}

const unescape = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
