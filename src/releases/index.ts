export { createReleases, type ReleasesDeps } from './routes.ts';
export type { NewChange } from './contract.ts';
