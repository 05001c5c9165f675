#!/usr/bin/env node
import { run } from './program.ts';
import { systemTerminal } from './terminal.ts';

// `nines events | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
process.exitCode = await run(process.argv.slice(2), systemTerminal());
