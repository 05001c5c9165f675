export type { AlertSink, AlertTransition, PagedAlert } from './alert-sink.ts';
export type { Answerer } from './answer.ts';
export { oncallKinds } from './kinds.ts';
export { oncallMigrations } from './migrations.ts';
export { createOncall, type Oncall, type OncallDeps } from './module.ts';
export type { PageAlert, PageSink, PageState, PageTransition } from './page.ts';
export type { PolicySpec } from './policy.ts';
export type { ScheduleSpec } from './schedule.ts';
