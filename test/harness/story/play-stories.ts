import fs from 'node:fs';
import path from 'node:path';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryMigrations } from '../../../src/delivery/index.ts';
import { ledgerMigrations } from '../../../src/ledger/index.ts';
import { oncallMigrations } from '../../../src/oncall/index.ts';
import { jobsMigrations } from '../../../src/platform/jobs/index.ts';
import type { Migration } from '../../../src/platform/sql/index.ts';
import { createTestSql, type TestSql } from '../test-sql.ts';
import { seen, type Step, STEPS } from './steps.ts';
import { type StoryPart, World } from './world.ts';

const MIGRATIONS = [...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations];

export interface StoryOptions {
  /** The documents that the stories play with; `team.yaml` of their folder by default. */
  readonly documents?: string;
  /** What these stories can say beside what every story can. */
  readonly steps?: readonly (readonly [RegExp, Step])[];
  /** What else the process has; with the tables that it needs. */
  readonly part?: StoryPart;
  readonly migrations?: readonly Migration[];
}

/**
 * Plays the time stories of a folder, `*.scenario`: plain text, a virtual clock, the real embedded PostgreSQL, the real queue, and
 * channels that record. A message that no line expects fails the story. Returns how to play a text, for stories that must fail.
 */
export function playStories(folder: string, options: StoryOptions = {}): (text: string) => Promise<void> {
  const documents = options.documents ?? fs.readFileSync(path.join(folder, 'team.yaml'), 'utf8');
  const steps = [...(options.steps ?? []), ...STEPS];
  let database: TestSql;
  beforeAll(async () => {
    database = await createTestSql([...MIGRATIONS, ...(options.migrations ?? [])]);
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const playText = async (text: string): Promise<void> => {
    await empty(database);
    await play(text, new World(database.sql, beginsAt(text), documents, options.part), steps);
  };
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.scenario'))) {
    test(file.replace('.scenario', ''), () => playText(fs.readFileSync(path.join(folder, file), 'utf8')));
  }
  return playText;
}

/** Every table but the list of migrations and the ledger's one counter. Few have rows, and truncating makes new files for each. */
async function empty({ sql }: TestSql): Promise<void> {
  const { rows } = await template<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema() and tablename not in ('migrations', 'ledger_marker')`.execute(
    sql.db(),
  );
  const filled = rows.map(({ name }) => template`select ${name}::text as name where exists (select from ${template.table(name)})`);
  const { rows: full } = await template<{ name: string }>`${template.join(filled, template` union all `)}`.execute(sql.db());
  await sql.transaction(async (tx) => {
    // References are not looked at: all goes.
    await template`set local session_replication_role = replica`.execute(tx.db());
    for (const { name } of full) await template`delete from ${template.table(name)}`.execute(tx.db());
  });
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''); // prettier-ignore

function beginsAt(text: string): string {
  const begins = /^begins (\S+) (\S+)$/.exec(linesOf(text)[0] ?? '');
  expect(begins, 'the first line says when it begins').not.toBeNull();
  return `${begins![1]}T${begins![2]}:00Z`;
}

async function play(text: string, world: World, steps: readonly (readonly [RegExp, Step])[]): Promise<void> {
  await world.start();
  for (const line of linesOf(text).slice(1)) {
    const [, time, what] = /^at (\d\d:\d\d(?::\d\d)?) (.*)$/.exec(line) ?? [];
    expect(time, line).toBeDefined();
    const today = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${time!.length === 5 ? `${time}:00` : time}Z`);
    await world.until(today < world.clock.now() ? today + 86_400_000 : today);
    const step = steps.find(([pattern]) => pattern.test(what!));
    expect(step, `'${what}' means nothing`).toBeDefined();
    try {
      await step![1](world, step![0].exec(what!)!);
    } catch (error) {
      throw new Error(`${line}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  expect(world.sent.filter(({ expected }) => !expected), `not expected:\n${seen(world)}`).toEqual([]); // prettier-ignore
  await world.process.jobs.stop();
}
