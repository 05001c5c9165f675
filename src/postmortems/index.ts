export { createPostmortems, type PostmortemsDeps } from './module.ts';
export { postmortemsMigrations } from './migrations.ts';
export type { PostmortemDetail, PostmortemSummary } from './contract.ts';
