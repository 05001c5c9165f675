/** Heartbeats: jobs that must say started, succeeded, failed, within their time. */
export { parseCron } from './cron.ts';
export { cronText, heartbeatKind, type HeartbeatSpec } from './heartbeat-kind.ts';
export { nextRun } from './next-run.ts';
export { createHeartbeats, type Heartbeats } from './heartbeats.ts';
export { heartbeatsMigrations } from './migrations.ts';
export { heartbeatRoutes } from './routes.ts';
