/** A message on its way: tried with each provider of its channel, and what came of it written down. */
export { attempt } from './attempt.ts';
export type { AttemptDeps } from './attempt-deps.ts';
export type { Try } from './try-ways.ts';
