import { mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { drainPending, Session } from 'chdb';
import { Problem } from '../problem.ts';
import { Breath } from './breath.ts';
import type { Block, Column, Columns, Parameters, QueryOptions } from './columns.ts';
import { DEFAULT_ENGINE_LIMITS, engineConfig, type EngineLimits } from './engine-config.ts';
import { encodeBlock, readBlocks } from './native-format.ts';
import { bindParameters, quote } from './parameters.ts';
import { SessionPool } from './session-pool.ts';

export interface ChdbOptions {
  /** The engine's own directory. One process at a time; made when it isn't there. */
  readonly dir: string;
  /** How many queries run at once, beside one statement that writes. Default 3. */
  readonly readers?: number;
  readonly limits?: Partial<EngineLimits>;
  /** The folder that backups are written to and read from, and nothing else is. */
  readonly backups?: string;
}

/**
 * Opens the embedded engine on a directory.
 * @throws Problem 409 `data-in-use` when another process has the directory, 503 `engine-away` when the engine won't start.
 */
export async function openChdb(options: ChdbOptions): Promise<Columns> {
  const limits = { ...DEFAULT_ENGINE_LIMITS, ...options.limits };
  const dir = resolve(options.dir);
  const inputs = join(dir, 'nines-input');
  const config = join(dir, 'nines-engine.xml');
  await mkdir(inputs, { recursive: true });
  // Written only when it differs, so that a start on a full disk works.
  const settings = engineConfig(limits, options.backups === undefined ? undefined : resolve(options.backups));
  if ((await readFile(config, 'utf8').catch(() => '')) !== settings) await writeFile(config, settings);
  const opened: Session[] = [];
  const another = (): Session =>
    new Session(dir, { connectionArgs: [`--config-file=${config}`, `--max_memory_usage=${limits.maxQueryMemory}`] });
  try {
    for (let i = 0; i <= (options.readers ?? 3); i++) opened.push(another());
  } catch (error) {
    for (const session of opened) session.close();
    throw await openingProblem(error, dir);
  }
  // Only now is the directory ours.
  for (const left of await readdir(inputs)) await unlink(join(inputs, left));
  const asking = (settings: Readonly<Record<string, string | number>>): Session =>
    new Session(dir, {
      connectionArgs: [`--config-file=${config}`, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)],
    });
  return new ChdbColumns(opened as [Session, ...Session[]], inputs, another, asking);
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();

/** The engine locks its `status` file and writes its process id there; why it refused goes to stderr and not into the error. */
async function openingProblem(cause: unknown, dir: string): Promise<Problem> {
  const status = await readFile(join(dir, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/.exec(status)?.[1]);
  if (/only one active data directory/i.test(message(cause)))
    return new Problem(409, 'data-in-use', `This process has another data directory open, and the engine takes one: ${message(cause)}`);
  if (pid > 0 && pid !== process.pid && isAlive(pid))
    return new Problem(
      409,
      'data-in-use',
      `Process ${pid} is using the data directory ${dir}. Stop it, or start with a data directory of your own (--data).`,
      { cause, extra: { directory: dir, pid } },
    );
  return new Problem(503, 'engine-away', `The column store in ${dir} doesn't open: ${message(cause)}`, { retryAfter: 30, cause });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** How long a query waits for its turn, and a statement that writes, which must not be given up lightly. */
const READER_PATIENCE_MS = 30_000;
const WRITER_PATIENCE_MS = 600_000;
const CLOSE_WITHIN_MS = 10_000;
/** So long after something was written the engine gives back what that and the merges after it took: by itself it keeps most of it. */
const GIVE_BACK_AFTER_MS = 1000;

/** What writes has a session of its own: slow queries never hold it up. */
class ChdbColumns implements Columns {
  readonly #readers: SessionPool;
  readonly #writer: SessionPool;
  readonly #inputs: string;
  readonly #asking: (settings: Readonly<Record<string, string | number>>) => Session;
  readonly #asked = new Set<Promise<unknown>>();
  #inputNumber = 0;
  #givingBack: NodeJS.Timeout | undefined;

  constructor(
    [writer, ...readers]: readonly [Session, ...Session[]],
    inputs: string,
    another: () => Session,
    asking: (settings: Readonly<Record<string, string | number>>) => Session,
  ) {
    this.#asking = asking;
    this.#writer = new SessionPool([writer], WRITER_PATIENCE_MS, another);
    this.#readers = new SessionPool(readers, READER_PATIENCE_MS, another);
    this.#inputs = inputs;
  }

  async exec(sql: string, params: Parameters = {}): Promise<void> {
    await run(this.#writer, bindParameters(params) + limited(sql, 0), 'Null');
  }

  async query<Row extends object>(sql: string, params: Parameters = {}, options: QueryOptions = {}): Promise<Row[]> {
    const settings = `${bindParameters(params)}SET output_format_json_quote_64bit_integers = 1; `;
    const bytes = await run(this.#readers, settings + limited(sql, options.timeoutMs), 'JSONEachRow');
    const text = Buffer.from(bytes).toString('utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  }

  async blocks(sql: string, params: Parameters = {}, options: QueryOptions = {}): Promise<Block[]> {
    return decode(await run(this.#readers, bindParameters(params) + limited(sql, options.timeoutMs), 'Native'));
  }

  async withInput(block: readonly Column[], sql: (input: string) => string): Promise<void> {
    await this.#withFile(block, (input) => run(this.#writer, limited(sql(input), 0), 'Null'));
    this.#givingBack ??= setTimeout(() => void this.#giveBack(), GIVE_BACK_AFTER_MS).unref();
  }

  async blocksWithInput(block: readonly Column[], sql: (input: string) => string, options: QueryOptions = {}): Promise<Block[]> {
    return decode(await this.#withFile(block, (input) => run(this.#readers, limited(sql(input), options.timeoutMs), 'Native')));
  }

  async backup(folder: string): Promise<void> {
    await run(this.#readers, `BACKUP DATABASE default TO File(${quote(folder)})`, 'Null');
  }

  async restore(folder: string): Promise<void> {
    await run(this.#writer, `RESTORE DATABASE default FROM File(${quote(folder)}) SETTINGS allow_non_empty_tables = 0`, 'Null');
  }

  async readonly(sql: string, format: string, settings: Readonly<Record<string, string | number>>): Promise<Buffer> {
    const session = this.#asking({ ...settings, readonly: 1 });
    const work = session.queryAsync(sql, { format });
    const done = work.catch(() => undefined);
    this.#asked.add(done);
    try {
      return Buffer.from((await work).bytes());
    } catch (error) {
      throw statementProblem(error);
    } finally {
      this.#asked.delete(done);
      session.close();
    }
  }

  async #giveBack(): Promise<void> {
    // An engine that can't keeps its memory: nothing is lost by it.
    await run(this.#writer, 'SYSTEM JEMALLOC PURGE', 'Null').catch(() => undefined);
    this.#givingBack = undefined;
  }

  async close(): Promise<void> {
    clearTimeout(this.#givingBack);
    await Promise.all(this.#asked);
    const closed = await Promise.all([this.#writer.close(CLOSE_WITHIN_MS), this.#readers.close(CLOSE_WITHIN_MS)]);
    if (closed.every(Boolean)) await drainPending();
  }

  /** The file lives for one statement: it is read from the page cache and removed before it is worth writing to the disk. */
  async #withFile<T>(block: readonly Column[], use: (input: string) => Promise<T>): Promise<T> {
    const path = join(this.#inputs, `${this.#inputNumber++}.native`);
    const structure = block.map((column) => `${column.name} ${column.type}`).join(', ');
    try {
      await writeInput(path, block);
      return await use(`file(${quote(path)}, 'Native', ${quote(structure)})`);
    } finally {
      await unlink(path).catch(() => undefined);
    }
  }
}

async function decode(bytes: Uint8Array): Promise<Block[]> {
  const breath = new Breath();
  const blocks: Block[] = [];
  for (const block of readBlocks(bytes)) {
    blocks.push(block);
    if (breath.due) await breath.take();
  }
  return blocks;
}

async function run(pool: SessionPool, sql: string, format: string): Promise<Uint8Array> {
  return pool.with(async (session) => {
    try {
      const result = await session.queryAsync(sql, { format });
      return result.bytes();
    } catch (error) {
      throw statementProblem(error);
    }
  });
}

/**
 * The engine stops at `max_execution_time`; an abort in JavaScript would leave it running. Every statement sets it, because a
 * session keeps the last one's. 0 is no limit.
 */
const limited = (sql: string, timeoutMs = 30_000): string => `SET max_execution_time = ${timeoutMs / 1000}; ${sql}`;

async function writeInput(path: string, block: readonly Column[]): Promise<void> {
  try {
    const file = await open(path, 'w');
    try {
      await file.writev(joinSmall(encodeBlock(block)));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new Problem(503, 'engine-failed', `The column store's input can't be written: ${message(cause)}`, { retryAfter: 30, cause });
  }
}

/** Many small buffers are slower to hand over than to copy: one buffer holds what is small and next to each other. */
function joinSmall(pieces: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let small: Buffer[] = [];
  const flush = (): void => {
    if (small.length > 0) joined.push(Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.length > 65_536) {
      flush();
      joined.push(piece);
    } else small.push(piece);
  }
  flush();
  return joined;
}

function statementProblem(error: unknown): Problem {
  const text = message(error);
  if (/TIMEOUT_EXCEEDED|Timeout exceeded/i.test(text))
    return new Problem(503, 'engine-timeout', `The column store gave up: ${text}`, { cause: error });
  return new Problem(503, 'engine-failed', `The column store refused a statement: ${text}`, { retryAfter: 30, cause: error });
}
