import { pino, type Logger } from 'pino';
import { sourceStack } from './source-stack.ts';

/** What a module may ask of the log: structured fields first, then one sentence. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A defect has its place in src/, though the program is built of few files. */
function errorFields(error: unknown): unknown {
  const fields = pino.stdSerializers.err(error as Error) as unknown;
  if (typeof fields !== 'object' || fields === null || !('stack' in fields) || typeof fields.stack !== 'string') return fields;
  return { ...fields, stack: sourceStack(fields.stack) };
}

/** JSON lines on standard error; standard output stays free for what a person asked to see. */
export function createLog(level: LogLevel): Log {
  const settings = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorFields } };
  return pino(settings, pino.destination({ dest: 2, sync: true }));
}

export const silentLog: Log = pino({ level: 'silent' });
