#!/usr/bin/env node
import { sourceStack } from '../src/platform/source-stack.ts';
import { run } from './program.ts';
import { systemTerminal } from './terminal.ts';

process.once('uncaughtException', (error: unknown) => {
  process.stderr.write(`${sourceStack((error instanceof Error && error.stack) || String(error))}\n`);
  process.exit(1);
});
// `nines events | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
// Not awaited: what is loaded later imports from this file's own, and would wait for its end.
void run(process.argv.slice(2), systemTerminal()).then((code) => (process.exitCode = code));
