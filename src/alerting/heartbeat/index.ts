/** Heartbeats: jobs that must say started, succeeded, failed, within their time. */
export { heartbeatKind } from './heartbeat-kind.ts';
export { createHeartbeats, type Heartbeats } from './heartbeats.ts';
export { heartbeatsMigrations } from './migrations.ts';
export { heartbeatRoutes } from './routes.ts';
