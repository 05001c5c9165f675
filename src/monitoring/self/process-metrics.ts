/** How this process is, under the names of the Prometheus client libraries. */
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from '../../platform/metrics.ts';

export interface ProcessMetrics {
  stop(): void;
}

/** How long event-loop delays are collected before a percentile of them starts anew. */
const DELAY_WINDOW_MS = 15_000;

export function registerProcessMetrics(
  registry: Registry,
  { version, startedAt = Date.now() - process.uptime() * 1000 }: { version: string; startedAt?: number },
): ProcessMetrics {
  registry
    .gauge({ name: 'nines_build_info', help: 'Always 1: the version is in the labels.', labels: ['version', 'node'] })
    .set(1, { version, node: process.versions.node });
  registry.counter({ name: 'process_cpu_seconds_total', help: 'Processor time used.', collect: () => cpuSeconds(process.cpuUsage()) });
  registry.gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since the epoch.',
    collect: () => startedAt / 1000,
  });
  registry.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory in use, as the system sees it.',
    collect: () => process.memoryUsage.rss(),
  });
  registry.gauge({ name: 'nodejs_heap_size_used_bytes', help: 'JavaScript heap in use.', collect: () => process.memoryUsage().heapUsed });
  registry.gauge({
    name: 'nodejs_heap_size_total_bytes',
    help: 'JavaScript heap reserved.',
    collect: () => process.memoryUsage().heapTotal,
  });
  registry.gauge({
    name: 'nodejs_external_memory_bytes',
    help: 'Memory of buffers outside of the heap.',
    collect: () => process.memoryUsage().external,
  });
  const openFiles = countOpenFiles();
  if (openFiles !== undefined)
    registry.gauge({ name: 'process_open_fds', help: 'Open files and sockets.', collect: () => countOpenFiles() ?? 0 });
  const mostFiles = mostOpenFiles();
  if (mostFiles !== undefined)
    registry.gauge({ name: 'process_max_fds', help: 'How many files and sockets may be open.', collect: () => mostFiles });
  return registerLoopDelay(registry);
}

function registerLoopDelay(registry: Registry): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let since = performance.now();
  let last = { p50: 0, p99: 0, max: 0 };
  // Several readers (a scrape, our own feed) see the same figures: they start anew by time, not by being read.
  const read = (): typeof last => {
    if (performance.now() - since < DELAY_WINDOW_MS - 1_000 && last.max > 0) return last;
    last = { p50: seconds(delay.percentile(50)), p99: seconds(delay.percentile(99)), max: seconds(delay.max) };
    delay.reset();
    since = performance.now();
    return last;
  };
  registry.gauge({ name: 'nodejs_eventloop_lag_p50_seconds', help: 'Median delay of the event loop, lately.', collect: () => read().p50 });
  registry.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: '99th percentile of the delay of the event loop, lately.',
    collect: () => read().p99,
  });
  registry.gauge({ name: 'nodejs_eventloop_lag_max_seconds', help: 'Longest delay of the event loop, lately.', collect: () => read().max });
  return { stop: () => void delay.disable() };
}

/** Nanoseconds, less the 10 ms that a timer of that resolution takes anyway, to seconds. */
const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds - 1e7) / 1e9 : 0);

const cpuSeconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

function mostOpenFiles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
