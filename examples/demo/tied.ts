/**
 * Loaded into each program of the demo before the program itself (`node --import`): ends it when the demo is gone, however
 * the demo went. The channel to the parent closes even where the parent was killed with `kill -9`.
 */
import { isMainThread } from 'node:worker_threads';

const LONGEST_END_MS = 10_000;

if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    // As it ends on SIGTERM, in order; hard where it does not.
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LONGEST_END_MS).unref();
  });
  // A program that has nothing more to do may end.
  process.channel.unref();
}
