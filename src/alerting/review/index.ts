/** The weekly review: what fired, whether people answered as promised, what to change. */
export { createReviewJob } from './review-job.ts';
export { reviewRoutes } from './review-routes.ts';
export { reviewMigrations } from './review-store.ts';
