import os from 'node:os';
import tty from 'node:tty';

/** The world as the command sees it: passed in, so that a test can be the world. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads standard output, rather than a program. */
  readonly interactive: boolean;
  /** Columns of the screen; Infinity where nobody looks at one. */
  readonly columns: number;
  readonly home: string;
  /** IANA name: the zone that times are shown in. */
  readonly timeZone: string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): number;
  /** The first line of standard input; hidden while typed. */
  readSecret(prompt: string): Promise<string>;
  /** Aborts when the person has had enough (Ctrl-C). */
  readonly signal: AbortSignal;
}

export function systemTerminal(): Terminal {
  const interrupted = new AbortController();
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    interactive: tty.isatty(1),
    columns: tty.isatty(1) ? process.stdout.columns : Number.POSITIVE_INFINITY,
    home: os.homedir(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    readSecret,
    signal: interrupted.signal,
  };
}

async function readSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) {
    stderr.write(prompt);
    stdin.setRawMode(true);
  }
  try {
    let text = '';
    for await (const chunk of stdin) {
      for (const char of String(chunk)) {
        if (char === '\r' || char === '\n') return text;
        if (char === '\u0003') return '';
        text = char === '\u007F' || char === '\b' ? text.slice(0, -1) : text + char;
      }
      if (text.length > 10_000) return '';
    }
    return text;
  } finally {
    if (stdin.isTTY) {
      stdin.setRawMode(false);
      stderr.write('\n');
    }
    stdin.pause();
  }
}
