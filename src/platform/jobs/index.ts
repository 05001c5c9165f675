export { createJobs, jobsMigrations } from './create-jobs.ts';
export type { Job, JobHandler, Jobs, NewJob } from './jobs.ts';
