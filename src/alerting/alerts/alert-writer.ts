import type { Ledger, NewEvent } from '../../ledger/index.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import { signature, type AlertSink, type AlertState, type AlertTransition, type RuleState } from './alert.ts';
import type { AlertStore } from './alert-store.ts';
import { storableAlert } from './storable.ts';

export interface AlertWriterDeps {
  readonly sql: Sql;
  readonly ledger: Ledger;
  readonly store: AlertStore;
  readonly sink: AlertSink;
  /** Rejects where another process decides alerts by now. */
  readonly guard?: (tx: Tx) => Promise<void>;
  /** Leaves those that people are to be told of; all of them by default. */
  readonly sieve?: ((tx: Tx, transitions: readonly AlertTransition[]) => Promise<readonly AlertTransition[]>) | undefined;
}

/** Keeps what PostgreSQL knows of alerts in step with memory: transitions at once and whole, the rest in batches. */
export class AlertWriter {
  readonly #deps: AlertWriterDeps;
  /** What is stored of each alert, by rule and fingerprint. */
  readonly #stored = new Map<string, Map<string, string>>();

  constructor(deps: AlertWriterDeps) {
    this.#deps = deps;
  }

  /** What an earlier process stored. */
  async load(): Promise<AlertState[]> {
    const alerts = await this.#deps.store.ofRules();
    this.#stored.clear();
    for (const alert of alerts) this.#remember(alert);
    return alerts;
  }

  /** Alert, ledger and page change together, or not at all. */
  async commit(transitions: readonly AlertTransition[], at: number): Promise<void> {
    await this.#deps.sql.transaction(async (tx) => {
      await this.#deps.guard?.(tx);
      await this.write(tx, transitions, at, 'nines');
    });
    for (const { alert } of transitions) this.#remember(alert);
  }

  /** The same within the caller's transaction, of alerts that are not a rule's: those aren't remembered. */
  async write(tx: Tx, given: readonly AlertTransition[], at: number, actor: string): Promise<void> {
    const transitions = given.map((one): AlertTransition => {
      const alert = storableAlert(one.alert);
      return alert === one.alert ? one : { to: one.to, alert, groupKey: alert.groupKey };
    });
    const { ledger, store, sink, sieve } = this.#deps;
    await store.save(
      tx,
      transitions.map(({ alert }) => alert),
    );
    // Written with all else that the ledger is told of, when nothing is left to wait for.
    await ledger.append(
      tx,
      transitions.map((transition) => eventOf(transition, at, actor)),
    );
    const tell = sieve === undefined ? transitions : await sieve(tx, transitions);
    if (tell.length > 0) await sink.changed(tx, tell);
  }

  /** Stores what changed without a transition in the alerts of these rules. */
  async flush(states: ReadonlyMap<string, RuleState>, alive: number): Promise<void> {
    const { sql, store } = this.#deps;
    const save: AlertState[] = [];
    const remove: string[] = [];
    for (const [key, state] of states) {
      const stored = this.#stored.get(key);
      for (const [fingerprint, alert] of state) if (stored?.get(fingerprint) !== signature(alert)) save.push(alert);
      for (const fingerprint of stored?.keys() ?? []) if (!state.has(fingerprint)) remove.push(fingerprint);
    }
    await sql.transaction(async (tx: Tx) => {
      await this.#deps.guard?.(tx);
      await store.save(tx, save.map(storableAlert));
      await store.remove(tx, remove);
      await store.alive(tx, alive);
    });
    for (const alert of save) this.#remember(alert);
    for (const key of states.keys()) for (const fingerprint of remove) this.#stored.get(key)?.delete(fingerprint);
  }

  #remember(alert: AlertState): void {
    const stored = this.#stored.get(alert.ruleKey) ?? new Map<string, string>();
    stored.set(alert.fingerprint, signature(alert));
    this.#stored.set(alert.ruleKey, stored);
  }
}

function eventOf({ to, alert }: AlertTransition, at: number, actor: string): NewEvent {
  const { fingerprint, rule, group, severity, service, labels, annotations, value, expr, activeAt } = alert;
  const what = annotations.summary ?? (service === null ? rule : `${rule} of ${service}`);
  return {
    kind: `alert.${to}`,
    title: to === 'firing' ? what : `Resolved: ${what}`,
    actor,
    time: at,
    service,
    subject: `alert/${fingerprint}`,
    data: { rule, group, severity, labels, annotations, value: Number.isFinite(value) ? value : null, expr, activeAt },
  };
}
