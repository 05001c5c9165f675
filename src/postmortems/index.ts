export { createPostmortems } from './module.ts';
export type { PostmortemsDeps } from './deps.ts';
export { postmortemsMigrations } from './migrations.ts';
export type { PostmortemDetail, PostmortemSummary } from './contract.ts';
