import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';

const time = z.iso.datetime().nullable();

/** A job's heartbeat: `GET /nines/v1/heartbeats`. */
export const heartbeat = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  service: z.string().nullable(),
  severity,
  /** `every 1h`, or the cron expression with its time zone. */
  schedule: z.string(),
  /** `waiting`: not heard of yet, and not late. */
  status: z.enum(['waiting', 'ok', 'running', 'late', 'too-long', 'failed']),
  lastSuccessAt: time,
  lastFailureAt: time,
  lastHeardAt: time,
  /** Of the run that has not ended. */
  startedAt: time,
  /** When it is to be heard of next. */
  expectedAt: time,
  /** When it will be late, where nothing comes. */
  deadline: time,
  /** Of the last run that ended, in milliseconds. */
  runtimeMs: z.number().nullable(),
  exitCode: z.number().int().nullable(),
});
export type Heartbeat = z.infer<typeof heartbeat>;

export const heartbeatSignal = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['start', 'success', 'fail']),
  exitCode: z.number().int().nullable(),
  runtimeMs: z.number().nullable(),
});

export const heartbeatDetail = heartbeat.extend({
  /** What the last run printed, its end. */
  output: z.string().nullable(),
  /** Newest first. */
  signals: z.array(heartbeatSignal),
  /** Where the job says that it ran. */
  pingUrl: z.string(),
});
export type HeartbeatDetail = z.infer<typeof heartbeatDetail>;

export const heartbeatsAnswer = z.object({ heartbeats: z.array(heartbeat) });
