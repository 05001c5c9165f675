#!/usr/bin/env node
// Runs one of the TypeScript files here on any Node: `node web/dev/run.mjs serve [trouble|calm|empty] [port]`,
// `node web/dev/run.mjs screenshots OUT [PAGE]`.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [script = 'serve', ...args] = process.argv.slice(2);
const { module } = await runnerImport(fileURLToPath(new URL(`${script}.ts`, import.meta.url)));
await module.default(args);
