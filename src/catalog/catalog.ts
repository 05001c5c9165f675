import type { Clock, Timer } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import { conflict } from '../platform/problem.ts';
import type { Ledger } from '../ledger/index.ts';
import { appliedEvent, nothingLeft, sameFiles } from './applied.ts';
import { catalogStore, type StoredVersion } from './catalog-store.ts';
import { type CheckResult, checkResources, hasErrors, readFile, type SourceFile } from './check-documents.ts';
import type { ApplyAnswer, ConfigState, DiffAnswer, DocumentProblem } from './contract.ts';
import { diffSets, withRemoved } from './diff-sets.ts';
import { type PastSets, pastSets } from './past-sets.ts';
import { formatProblem } from './document-problem.ts';
import type { ForeignKind, KindRegistry, ResourceKind, ResourceSet } from './resource-kind.ts';
import type { ReadResource } from './read-resource.ts';
import { type CompleteSet, createResourceSet } from './resource-set.ts';
import type { CatalogModule } from './catalog-module.ts';
import { catalogRoutes } from './routes.ts';
import { createIncludes } from './included-files.ts';
import { type FolderWatch, watchFolder } from './watch-folder.ts';

export interface CatalogDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly health: Health;
  readonly kinds: readonly ResourceKind[];
  readonly foreignKinds: readonly ForeignKind[];
}

export function createCatalog(deps: CatalogDeps): CatalogModule {
  return new CatalogState(deps);
}

const COMPONENT = 'config';
/** How long a check may keep everything else waiting, in milliseconds. */
const TURN_MS = 10;
const FOLLOW_MS = 5_000;

class CatalogState implements CatalogModule {
  readonly routes: Route[];
  readonly #deps: CatalogDeps;
  readonly #registry: KindRegistry;
  readonly #listeners: ((set: ResourceSet) => void)[] = [];
  #set: CompleteSet = createResourceSet([]);
  #stored: StoredVersion = { version: 0, appliedAt: null, source: null };
  #files: readonly SourceFile[] = [];
  /** Of what is in force. */
  #warnings: readonly DocumentProblem[] = [];
  #refused: { at: number; problems: readonly DocumentProblem[] } | null = null;
  #started = false;
  #stopped = false;
  #poll: Timer | undefined;
  #watch: FolderWatch | undefined;
  /** Applies one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
    this.#registry = { kinds: deps.kinds, foreignKinds: deps.foreignKinds };
    this.routes = catalogRoutes(this);
  }

  current(): CompleteSet {
    return this.#set;
  }

  onChange(listener: (set: ResourceSet) => void): void {
    this.#listeners.push(listener);
    if (this.#started) listener(this.#set);
  }

  async start(): Promise<void> {
    await this.#load();
    this.#started = true;
    this.#announce();
    if (!this.#deps.sql.exclusive) this.#followOthers();
  }

  /** Takes what the database has. */
  async #load(): Promise<void> {
    const { sql, clock, health, log } = this.#deps;
    this.#stored = await catalogStore.version(sql);
    this.#files = await catalogStore.files(sql);
    const { set, problems } = await this.check(this.#files);
    this.#set = createResourceSet(set.all(), this.#stored.version);
    this.#warnings = problems.filter(({ severity }) => severity === 'warning');
    const first = problems.find(({ severity }) => severity === 'error');
    if (first === undefined) return health.report(COMPONENT, 'ok');
    // A newer nines may be stricter than the one that applied them: what is still good stays in force.
    this.#refused = { at: clock.now(), problems };
    log.warn({ problem: formatProblem(first) }, 'A document of the configuration in force is no longer valid');
    health.report(COMPONENT, 'degraded', `A document in force is no longer valid: ${formatProblem(first)}`);
  }

  /** Several processes share the database: what one of them applied is in force in all of them, seconds later. */
  #followOthers(): void {
    const { clock, log } = this.#deps;
    this.#poll = clock.after(FOLLOW_MS, () => {
      this.#turn = this.#turn
        .then(() => this.#catchUp())
        .catch((error: unknown) => log.warn({ err: error }, 'Could not look for documents that another nines applied'))
        .finally(() => this.#stopped || this.#followOthers());
    });
  }

  async #catchUp(): Promise<void> {
    if (this.#deps.sql.exclusive || (await catalogStore.version(this.#deps.sql)).version === this.#stored.version) return;
    await this.#load();
    this.#announce();
  }

  async past(from: number, kinds: readonly string[]): Promise<PastSets> {
    const set = this.#set;
    const versions = await catalogStore.versionsAfter(this.#deps.sql, from);
    // What another process applied a moment ago is not in force here yet.
    return pastSets(set, versions.filter(({ version }) => version <= set.version), new Set(kinds), this.#registry); // prettier-ignore
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#poll?.cancel();
    await this.#watch?.stop();
    this.#watch = undefined;
    await this.#turn;
  }

  /** As `checkDocuments`, but thousands of documents take a second: alerts and pages are let through on the way. */
  async check(files: readonly SourceFile[]): Promise<CheckResult> {
    const { clock } = this.#deps;
    const read: ReadResource[] = [];
    let began = clock.monotonic();
    for (const file of files) {
      read.push(...readFile(file, this.#registry));
      if (clock.monotonic() - began < TURN_MS) continue;
      await new Promise((resolve) => void setImmediate(resolve));
      began = clock.monotonic();
    }
    return checkResources(read, this.#registry, clock.now());
  }

  async diff(files: readonly SourceFile[]): Promise<DiffAnswer> {
    const { problems, set } = await this.check(files);
    return { problems: [...problems], changes: hasErrors(problems) ? [] : diffSets(this.#set, set, this.#registry) };
  }

  apply(files: readonly SourceFile[], by: { actor: string; source: string }): Promise<ApplyAnswer> {
    const next = this.#turn.then(() => this.#applyNow(files, by));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #applyNow(files: readonly SourceFile[], by: { actor: string; source: string }): Promise<ApplyAnswer> {
    const { clock, sql } = this.#deps;
    await this.#catchUp();
    const { problems, set, documents } = await this.check(files);
    const refusal = hasErrors(problems) ? problems : documents === 0 && this.#set.all().length > 0 ? [nothingLeft(by.source)] : [];
    if (refusal.length > 0) return { applied: false, version: this.#stored.version, problems: [...refusal], changes: [] };
    const changes = diffSets(this.#set, set, this.#registry);
    const at = clock.now();
    const version = this.#stored.version + (changes.length > 0 ? 1 : 0);
    if (changes.length > 0 || !sameFiles(files, this.#files)) {
      await sql.transaction(async (tx) => {
        const stored = await catalogStore.version(tx);
        if (stored.version !== this.#stored.version)
          throw conflict('Another nines on this database applied other documents at the same moment: look at them, and try again.');
        await catalogStore.replaceFiles(tx, files);
        if (changes.length === 0) return;
        await catalogStore.addVersion(tx, { version, at, ...by, changes: withRemoved(changes, this.#set, this.#registry) });
        await this.#deps.ledger.append(tx, [appliedEvent(version, changes, by)]);
      });
    }
    this.#files = files;
    this.#set = createResourceSet(set.all(), version);
    this.#warnings = problems.filter(({ severity }) => severity === 'warning');
    if (changes.length > 0) this.#stored = { version, appliedAt: at, source: by.source };
    this.#accept();
    if (changes.length > 0) this.#announce();
    return { applied: true, version, problems: [...problems], changes };
  }

  async watch(directory: string): Promise<void> {
    this.#watch = watchFolder({
      directory,
      clock: this.#deps.clock,
      log: this.#deps.log,
      includes: createIncludes(this.#deps.foreignKinds),
      apply: (files) => this.apply(files, { actor: 'nines', source: `folder ${directory}` }),
      refused: (problems) => this.#refuse(problems),
    });
    await this.#watch.first;
  }

  watching(): string | null {
    return this.#watch?.directory ?? null;
  }

  config(): ConfigState {
    const { version, appliedAt, source } = this.#stored;
    const refused = this.#refused && { at: new Date(this.#refused.at).toISOString(), problems: [...this.#refused.problems] };
    return {
      version,
      appliedAt: appliedAt === null ? null : new Date(appliedAt).toISOString(),
      source,
      problems: [...this.#warnings],
      refused,
    };
  }

  #accept(): void {
    this.#refused = null;
    this.#deps.health.report(COMPONENT, 'ok');
  }

  #refuse(problems: readonly DocumentProblem[]): void {
    const { clock, health, log } = this.#deps;
    // The same refusal, found again: nothing new to say.
    if (JSON.stringify(this.#refused?.problems) === JSON.stringify(problems)) return;
    this.#refused = { at: clock.now(), problems };
    const first = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    if (first === undefined) return;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    log.warn(
      { problem: formatProblem(first), count: problems.length },
      'The documents were refused; the last good configuration stays in force',
    );
    health.report(COMPONENT, 'degraded', `The documents were refused, version ${this.#stored.version} stays in force: ${formatProblem(first)}${more}`); // prettier-ignore
  }

  #announce(): void {
    for (const listener of this.#listeners) listener(this.#set);
  }
}
