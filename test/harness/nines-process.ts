import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { copyTemplateCluster } from './template-cluster.ts';

export const TOKEN = 'a-token-for-tests';
/** A start takes one to four seconds; several at a time on a busy machine take as many times longer. */
const START_SECONDS = 60;
const PROGRAM = path.resolve('dist/cli/main.js');

export interface NinesOptions {
  /** Documents and nines.yaml, by file name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where its data goes; by default a folder in its own. */
  readonly data?: string;
  /** It makes its database by itself, which takes seconds of work; by default it finds an empty one. */
  readonly makesDatabase?: boolean;
  /** A command before node's, such as faketime. */
  readonly wrapper?: readonly string[];
}

/** nines as people run it: the built command in a process of its own, on a free port and an empty folder. */
export class NinesProcess implements AsyncDisposable {
  readonly directory: string;
  readonly config: string;
  readonly port: number;
  readonly url: string;
  /** Everything that it printed. */
  output = '';
  #child: ChildProcess | undefined;
  readonly #options: NinesOptions;

  private constructor(directory: string, port: number, options: NinesOptions) {
    this.directory = directory;
    this.config = path.join(directory, 'config');
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#options = options;
  }

  /** Makes its folder and starts it; resolves when it is ready. */
  static async start(options: NinesOptions = {}): Promise<NinesProcess> {
    const nines = await NinesProcess.prepare(options);
    await nines.start();
    return nines;
  }

  /** Makes its folder, and starts nothing yet. */
  static async prepare(options: NinesOptions = {}): Promise<NinesProcess> {
    const nines = new NinesProcess(fs.mkdtempSync(path.join(os.tmpdir(), 'nines-test-')), await freePort(), options);
    fs.mkdirSync(nines.config);
    for (const [file, text] of Object.entries(options.files ?? {})) nines.write(file, text);
    const elsewhere = options.data !== undefined || options.environment?.['NINES_POSTGRES_URL'] !== undefined;
    if (!elsewhere && !options.makesDatabase) await copyTemplateCluster(path.join(nines.directory, 'data', 'state'));
    return nines;
  }

  /** Puts a document into its folder. */
  write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.config, file), text);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { wrapper = [], environment = {} } = this.#options;
    const args = [
      ...wrapper,
      process.execPath,
      PROGRAM,
      'up',
      '--host',
      '127.0.0.1',
      '--port',
      String(this.port),
      '--data',
      this.#options.data ?? path.join(this.directory, 'data'),
      '--config',
      this.config,
    ];
    const child = spawn(args[0] ?? '', args.slice(1), {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NINES_ADMIN_TOKEN: TOKEN, NINES_URL: this.url, UV_THREADPOOL_SIZE: '16', NINES_LISTEN: 'off', ...environment },
    });
    this.#child = child;
    child.stdout?.on('data', (data: Buffer) => (this.output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.output += data.toString()));
    let exited = false;
    child.once('exit', () => (exited = true));
    await waitFor(
      () => `nines to be ready; it said:\n${this.output}`,
      async () => {
        if (exited) throw new Error(`nines has ended:\n${this.output}`);
        return (await fetch(`${this.url}/-/ready`).catch(() => undefined))?.ok ?? false;
      },
      START_SECONDS,
    );
  }

  /** Ends it, by default as `kill -9` does, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** Asks its API with every right; throws on anything but a 2xx. */
  async ask<T = Record<string, never>>(method: string, address: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}${address}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
    return (/json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits until the condition holds; after `seconds` throws what it waited for. */
export async function waitFor<T>(
  what: string | (() => string),
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
