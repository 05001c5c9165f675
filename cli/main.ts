#!/usr/bin/env node
import { run } from './program.ts';
import { systemTerminal } from './terminal.ts';

// In a log a defect has its place in src/, though the program is built of few files: what is loaded from here on tells it.
process.setSourceMapsEnabled(true);
// `nines events | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
// Not awaited: what is loaded later imports from this file's own, and would wait for its end.
void run(process.argv.slice(2), systemTerminal()).then((code) => (process.exitCode = code));
