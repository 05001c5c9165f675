import type { Columns } from '../../platform/columns/index.ts';
import { badRequest, LimitError, Problem } from '../../platform/problem.ts';
import { RESOLUTIONS, tableOf, type Resolution } from '../rollups/index.ts';
import { checkTree } from './check-sql.ts';

/** Settings of SQL, under `sql:` in nines.yaml. */
export interface SqlSettings {
  /** Milliseconds. */
  readonly timeout: number;
  readonly maxRows: number;
  /** Bytes of an answer. */
  readonly maxBytes: number;
  /** Bytes that a statement may take in the engine. */
  readonly maxMemory: number;
  /** Rows that a statement may read. */
  readonly maxRead: number;
  readonly maxConcurrency: number;
}

export const DEFAULT_SQL_SETTINGS: SqlSettings = {
  timeout: 10_000,
  maxRows: 100_000,
  maxBytes: 32 * 1024 ** 2,
  maxMemory: 256 * 1024 ** 2,
  maxRead: 1_000_000_000,
  maxConcurrency: 2,
};

/** Characters of a statement. */
const LONGEST = 65_536;

export interface SqlSource {
  /** The engine, where it is open. */
  readonly engine: Columns | undefined;
  /** Gives the engine what was stored before. */
  flush(): Promise<void>;
}

const POINTS = `CREATE OR REPLACE VIEW points AS SELECT series.labels['__name__'] AS metric, series.labels AS labels,
  samples.series AS series, samples.time AS time, samples.value AS value FROM samples INNER JOIN series ON series.id = samples.series`;

/** Of a bucket's rows the one of the most samples counts, which FINAL picks. */
const rolledUp = (resolution: Resolution): string => `CREATE OR REPLACE VIEW points_${resolution} AS
  SELECT series.labels['__name__'] AS metric, series.labels AS labels, rolled.series AS series, rolled.end AS time, rolled.count AS count,
    rolled.sum AS sum, rolled.min AS min, rolled.max AS max, rolled.first AS first, rolled.last AS last, rolled.resets AS resets
  FROM (SELECT * FROM ${tableOf(resolution)} FINAL WHERE count > 0) AS rolled INNER JOIN series ON series.id = rolled.series`;

export type SqlFormat = 'JSONCompact' | 'CSVWithNames';

/** Runs statements that people typed: SELECTs from nines' own tables, a few at a time, each within its limits. */
export function createSql(source: SqlSource, settings: SqlSettings): (text: string, format: SqlFormat) => Promise<Buffer> {
  let running = 0;
  let prepared: Columns | undefined;
  return async (text, format) => {
    const { engine } = source;
    if (!engine) throw new Problem(503, 'engine-away', 'The column store is not open.', { retryAfter: 5 });
    if (running >= settings.maxConcurrency) {
      throw new LimitError(429, 'Too many SQL statements run at once.', {
        limit: settings.maxConcurrency,
        setting: 'sql.maxConcurrency',
        retryAfter: 5,
      });
    }
    running++;
    try {
      const statement = await normalized(engine, text);
      checkTree((await ask(engine, `EXPLAIN AST ${statement}`, 'TSVRaw', DEFAULT_SQL_SETTINGS)).toString('utf8'));
      if (prepared !== engine) {
        for (const view of [POINTS, ...RESOLUTIONS.map(rolledUp)]) await engine.exec(view);
        prepared = engine;
      }
      // What the engine can't take now is asked for all the same, without the newest.
      await source.flush().catch(() => undefined);
      return await ask(engine, statement, format, settings);
    } finally {
      running--;
    }
  };
}

/**
 * The statement as the engine's parser writes it on one line, without comments. The text goes there as a value, never as SQL; what is
 * run is what the parser wrote, so that nothing is run that wasn't looked at.
 */
async function normalized(engine: Columns, text: string): Promise<string> {
  if (text.length > LONGEST)
    throw new LimitError(413, `The statement has ${text.length} characters.`, { limit: LONGEST, setting: 'shorter statements' });
  if (text.trim() === '') throw badRequest('There is no statement. Write one such as SELECT count() FROM samples.');
  if (text.includes('\0') || !text.isWellFormed()) throw badRequest('The statement has a character that no text has.');
  const statement = await engine
    .query<{ statement: string }>('SELECT formatQuerySingleLine({sql:String}) AS statement', { sql: text.replace(/;\s*$/, '') })
    .catch((error: unknown) => {
      throw asProblem(error, DEFAULT_SQL_SETTINGS);
    });
  const [{ statement: one } = { statement: '' }] = statement;
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(one)) throw badRequest('The statement has a control character in a name.');
  if (!/^\(*(?:SELECT|WITH)\b/.test(one)) throw badRequest('Only SELECT is taken here: SQL can ask, and change nothing.');
  return one;
}

async function ask(engine: Columns, statement: string, format: string, settings: SqlSettings): Promise<Buffer> {
  try {
    return await engine.readonly(statement, format, {
      max_execution_time: settings.timeout / 1000,
      timeout_overflow_mode: 'throw',
      max_result_rows: settings.maxRows,
      max_result_bytes: settings.maxBytes,
      result_overflow_mode: 'throw',
      max_rows_to_read: settings.maxRead,
      read_overflow_mode: 'throw',
      max_memory_usage: settings.maxMemory,
      max_threads: 2,
      max_query_size: 4 * LONGEST,
      max_ast_depth: 500,
      max_ast_elements: 20_000,
      max_subquery_depth: 20,
      allow_introspection_functions: 0,
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_denormals: 1,
    });
  } catch (error) {
    throw asProblem(error, settings);
  }
}

/** What the engine said, as the asker's problem: by the code at its beginning. */
function asProblem(error: unknown, settings: SqlSettings): unknown {
  if (!(error instanceof Problem)) return error;
  const code = Number(/Code: (\d+)/.exec(error.message)?.[1]);
  const limit = (what: string, value: number, setting: string) => new LimitError(422, what, { limit: value, setting });
  if (code === 159 || code === 160)
    return limit('The statement takes too long: ask for a shorter time or fewer series.', settings.timeout, 'sql.timeout');
  if (code === 396)
    return limit('The answer has too many rows or bytes: aggregate, or add LIMIT.', settings.maxRows, 'sql.maxRows or sql.maxBytes');
  if (code === 158 || code === 307)
    return limit('The statement reads too many rows: ask for a shorter time.', settings.maxRead, 'sql.maxRead');
  if (code === 241) return limit('The statement takes too much memory: group by less.', settings.maxMemory, 'sql.maxMemory');
  if (Number.isNaN(code)) return error;
  const said = error.message.replace(/^.*?DB::Exception: /s, '').replace(/ \(version [^)]*\)/, '');
  return badRequest(`The statement can't be answered: ${said.slice(0, 1000)}`);
}
