/**
 * The engine's own limits. By default it takes the machine: caches of 5 GB each, 16 merge threads, and memory up to 90 % of what
 * is there. Inside a process that pages people it gets a share, and a query beyond it fails alone.
 */
export interface EngineLimits {
  /** The most memory all the engine's work may take, in bytes. */
  readonly maxMemory: number;
  /** The most memory one query may take, in bytes. */
  readonly maxQueryMemory: number;
  /** Threads that merge parts in the background. */
  readonly mergeThreads: number;
}

export const DEFAULT_ENGINE_LIMITS: EngineLimits = { maxMemory: 1024 ** 3, maxQueryMemory: 512 * 1024 ** 2, mergeThreads: 2 };

/** @param backups the folder that backups may be in; without one there are none */
export function engineConfig(limits: EngineLimits, backups?: string): string {
  const settings: Record<string, number | string> = {
    max_server_memory_usage: limits.maxMemory,
    mark_cache_size: 16 * 1024 ** 2,
    primary_index_cache_size: 16 * 1024 ** 2,
    index_mark_cache_size: 1024 ** 2,
    uncompressed_cache_size: 0,
    mmap_cache_size: 64,
    compiled_expression_cache_size: 1024 ** 2,
    background_pool_size: limits.mergeThreads,
    background_merges_mutations_concurrency_ratio: 2,
    background_schedule_pool_size: 4,
    background_common_pool_size: 2,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    // A bound, not a size: with each time that a process opens the engine anew, some threads of the last time stay.
    max_thread_pool_size: 2000,
    max_io_thread_pool_size: 64,
    merge_tree: `<number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  <${name}>${value}</${name}>`);
  if (backups !== undefined) lines.push(`  <backups><allowed_path>${escaped(backups)}</allowed_path></backups>`);
  return `<clickhouse>\n${lines.join('\n')}\n</clickhouse>\n`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
