import { expect, test } from 'vitest';
import type { MetricSample } from '../../platform/metrics.ts';
import { readDisks, readFileHandles, readLoad, readMemory, readMounts, readNetwork, readPressure, readStat } from './proc.ts';

const show = (samples: MetricSample[]): string[] =>
  samples.map(({ name, labels, value }) => `${name} ${Object.values(labels).join('/')} ${value}`.replace('  ', ' '));

test('load', () => expect(show(readLoad('0.50 1.25 2.00 3/456 7890\n'))).toEqual(['node_load1 0.5', 'node_load5 1.25', 'node_load15 2']));

test('processors, of which the sum is left out, and the start', () => {
  const text = `cpu  300 0 150 9000 50 0 10 0 0 0
cpu0 100 2 50 4500 25 1 5 3 9 9
intr 12345 0 0
ctxt 99
btime 1700000000
procs_running 2
procs_blocked 1
`;
  expect(show(readStat(text))).toEqual([
    'node_cpu_seconds_total 0/user 1',
    'node_cpu_seconds_total 0/nice 0.02',
    'node_cpu_seconds_total 0/system 0.5',
    'node_cpu_seconds_total 0/idle 45',
    'node_cpu_seconds_total 0/iowait 0.25',
    'node_cpu_seconds_total 0/irq 0.01',
    'node_cpu_seconds_total 0/softirq 0.05',
    'node_cpu_seconds_total 0/steal 0.03',
    'node_boot_time_seconds 1700000000',
    'node_procs_running 2',
    'node_procs_blocked 1',
  ]);
});

test('memory in bytes', () => {
  const text = `MemTotal:       16384 kB
MemFree:         1024 kB
MemAvailable:    8192 kB
Buffers:            1 kB
Cached:             2 kB
SwapCached:         3 kB
SwapTotal:          4 kB
SwapFree:           4 kB
HugePages_Total:    0
`;
  expect(show(readMemory(text))).toEqual([
    'node_memory_MemTotal_bytes 16777216',
    'node_memory_MemFree_bytes 1048576',
    'node_memory_MemAvailable_bytes 8388608',
    'node_memory_Buffers_bytes 1024',
    'node_memory_Cached_bytes 2048',
    'node_memory_SwapTotal_bytes 4096',
    'node_memory_SwapFree_bytes 4096',
  ]);
});

test('disks without their partitions', () => {
  const text = `   8       0 sda 100 5 2000 300 400 6 8000 900 1 1500 1200 0 0 0 0
   8       1 sda1 90 5 1900 290 390 6 7900 890 0 1400 1180
   7       0 loop0 1 0 2 0 0 0 0 0 0 0 0
 259       0 nvme0n1 1 0 2 3 4 0 6 7 8 9 10
 259       1 nvme0n1p1 1 0 2 3 4 0 6 7 8 9 10
`;
  expect(show(readDisks(text)).slice(0, 9)).toEqual([
    'node_disk_reads_completed_total sda 100',
    'node_disk_read_bytes_total sda 1024000',
    'node_disk_read_time_seconds_total sda 0.3',
    'node_disk_writes_completed_total sda 400',
    'node_disk_written_bytes_total sda 4096000',
    'node_disk_write_time_seconds_total sda 0.9',
    'node_disk_io_now sda 1',
    'node_disk_io_time_seconds_total sda 1.5',
    'node_disk_reads_completed_total nvme0n1 1',
  ]);
  expect(readDisks(text)).toHaveLength(16);
});

test('network interfaces, also where a number touches the colon', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0
  eth0:1234567 11 12 13 0 0 0 0 7654321 21 22 23 0 0 0 0
veth12: 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0
`;
  expect(show(readNetwork(text)).slice(8)).toEqual([
    'node_network_receive_bytes_total eth0 1234567',
    'node_network_receive_packets_total eth0 11',
    'node_network_receive_errs_total eth0 12',
    'node_network_receive_drop_total eth0 13',
    'node_network_transmit_bytes_total eth0 7654321',
    'node_network_transmit_packets_total eth0 21',
    'node_network_transmit_errs_total eth0 22',
    'node_network_transmit_drop_total eth0 23',
  ]);
});

test('file handles', () =>
  expect(show(readFileHandles('1184\t0\t9223372036854775807\n'))).toEqual([
    'node_filefd_allocated 1184',
    'node_filefd_maximum 9223372036854776000',
  ]));

test('pressure', () => {
  const text = 'some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n';
  expect(show(readPressure('io', text))).toEqual([
    'node_pressure_io_waiting_seconds_total 2.5',
    'node_pressure_io_stalled_seconds_total 1',
  ]);
  expect(show(readPressure('cpu', text))).toEqual(['node_pressure_cpu_waiting_seconds_total 2.5']);
});

test('mounts: what can fill up, each once', () => {
  const text = `overlay / overlay rw,relatime,lowerdir=/a 0 0
proc /proc proc rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
/dev/sda1 /etc/hosts ext4 rw 0 0
/dev/sda1 /srv ext4 rw 0 0
/dev/sdb1 /mnt/my\\040disk xfs ro,noatime 0 0
files.example:/export /nfs nfs4 rw 0 0
/dev/loop3 /snap/core squashfs ro 0 0
/dev/sda1 /var/lib/docker/x ext4 rw 0 0
`;
  expect(readMounts(text)).toEqual([
    { device: 'overlay', mountpoint: '/', fstype: 'overlay', readonly: false },
    { device: '/dev/sda1', mountpoint: '/srv', fstype: 'ext4', readonly: false },
    { device: '/dev/sdb1', mountpoint: '/mnt/my disk', fstype: 'xfs', readonly: true },
    { device: 'files.example:/export', mountpoint: '/nfs', fstype: 'nfs4', readonly: false },
  ]);
});

test.each([readLoad, readStat, readMemory, readDisks, readNetwork, readFileHandles, readMounts])(
  '%o makes nothing of garbage',
  (reader) => {
    for (const text of ['', '\n\n', 'garbage', 'cpu0 x y\nMemTotal: many kB\na b sda\neth0: x\n']) expect(reader(text)).toEqual([]);
  },
);
