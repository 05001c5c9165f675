import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { type Client, createClient } from './client.ts';
import { findToken, type GlobalOptions, serverUrl } from './settings.ts';
import { type Paint, paintFor } from './style.ts';
import { type Column, table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with, once its options are known. */
export interface Context {
  readonly terminal: Terminal;
  readonly client: Client;
  readonly json: boolean;
  readonly paint: Paint;
  readonly now: number;
  /** Writes a line. */
  say(text?: string): void;
  /** A table, or `otherwise` where there are no rows. */
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], otherwise: string): void;
  printJson(value: unknown): void;
}

/** The exit code; 0 where nothing is returned. */
export type Outcome = number | void;
export type Setup = (program: Command, run: Run) => void;

/** Makes a commander action of a function that takes the context, the command's arguments and its options. */
export type Run = (
  action: (context: Context, args: string[], options: never) => Promise<Outcome> | Outcome,
) => (...given: unknown[]) => Promise<void>;

export function createContext(terminal: Terminal, options: GlobalOptions): Context {
  const paint = paintFor(terminal, options.color);
  const say = (text = ''): void => terminal.out(`${text}\n`);
  let client: Client | undefined;
  return {
    terminal,
    paint,
    say,
    json: options.json === true,
    now: terminal.now(),
    // Only a command that asks the server needs its address to be right.
    get client() {
      const url = serverUrl(options.url, terminal.env);
      client ??= createClient(terminal, { url, token: findToken(options.token, url, terminal), timeoutMs: options.timeout * 1000 });
      return client;
    },
    table(columns, rows, otherwise) {
      if (rows.length === 0) say(otherwise);
      else terminal.out(table(columns, rows, { paint, width: terminal.columns }));
    },
    printJson: (value) => terminal.out(`${JSON.stringify(value, null, 2)}\n`),
  };
}

/** A whole number between two, as an option's or argument's parser. */
export const wholeNumber =
  (name: string, min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new CliError(`${name} must be a whole number from ${min} to ${max}, not '${text}'.`);
    return value;
  }; // prettier-ignore
