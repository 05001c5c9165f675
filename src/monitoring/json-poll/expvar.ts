import type { JsonSample } from './json-sample.ts';

/** The names that Go's own Prometheus client gives to the same numbers, and what they are divided by. */
const MEMSTATS: Readonly<Record<string, readonly [name: string, divisor?: number]>> = {
  Alloc: ['go_memstats_alloc_bytes'],
  TotalAlloc: ['go_memstats_alloc_bytes_total'],
  Sys: ['go_memstats_sys_bytes'],
  Lookups: ['go_memstats_lookups_total'],
  Mallocs: ['go_memstats_mallocs_total'],
  Frees: ['go_memstats_frees_total'],
  HeapAlloc: ['go_memstats_heap_alloc_bytes'],
  HeapSys: ['go_memstats_heap_sys_bytes'],
  HeapIdle: ['go_memstats_heap_idle_bytes'],
  HeapInuse: ['go_memstats_heap_inuse_bytes'],
  HeapReleased: ['go_memstats_heap_released_bytes'],
  HeapObjects: ['go_memstats_heap_objects'],
  StackInuse: ['go_memstats_stack_inuse_bytes'],
  StackSys: ['go_memstats_stack_sys_bytes'],
  MSpanInuse: ['go_memstats_mspan_inuse_bytes'],
  MSpanSys: ['go_memstats_mspan_sys_bytes'],
  MCacheInuse: ['go_memstats_mcache_inuse_bytes'],
  MCacheSys: ['go_memstats_mcache_sys_bytes'],
  BuckHashSys: ['go_memstats_buck_hash_sys_bytes'],
  GCSys: ['go_memstats_gc_sys_bytes'],
  OtherSys: ['go_memstats_other_sys_bytes'],
  NextGC: ['go_memstats_next_gc_bytes'],
  LastGC: ['go_memstats_last_gc_time_seconds', 1e9],
  PauseTotalNs: ['go_gc_duration_seconds_sum', 1e9],
  NumGC: ['go_gc_duration_seconds_count'],
  GCCPUFraction: ['go_memstats_gc_cpu_fraction'],
};

const MOST_DEPTH = 10;

/**
 * The numbers of Go's `/debug/vars`. `memstats` goes by the names of Go's Prometheus client; a number of the program's own by its key,
 * and a map's by the map's, with the label `key`. Texts, such as `cmdline`, and lists are no numbers and are left out.
 * Source: https://pkg.go.dev/expvar
 */
export function expvarSamples(document: unknown): JsonSample[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error('/debug/vars is an object, and this is none');
  const samples: JsonSample[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (key === 'memstats') addMemstats(samples, value);
    else if (typeof value === 'object') addMap(samples, cleanName(key), value, 1);
    else add(samples, cleanName(key), {}, value);
  }
  return samples;
}

function addMemstats(samples: JsonSample[], memstats: unknown): void {
  if (typeof memstats !== 'object' || memstats === null) return;
  for (const [key, value] of Object.entries(memstats)) {
    const [name, divisor = 1] = (Object.hasOwn(MEMSTATS, key) && MEMSTATS[key]) || [];
    if (name !== undefined && typeof value === 'number') samples.push({ name, labels: {}, value: value / divisor });
  }
}

function addMap(samples: JsonSample[], name: string, map: unknown, depth: number): void {
  if (typeof map !== 'object' || map === null || Array.isArray(map) || depth > MOST_DEPTH) return;
  for (const [key, value] of Object.entries(map)) {
    if (typeof value === 'object') addMap(samples, `${name}_${cleanName(key)}`, value, depth + 1);
    else add(samples, name, { key }, value);
  }
}

function add(samples: JsonSample[], name: string, labels: Record<string, string>, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'boolean') samples.push({ name, labels, value: Number(value) });
}

const cleanName = (key: string): string => key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d|$)/, '_');
