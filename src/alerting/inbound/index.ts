/** Alerts of others: their webhooks, their APIs, their mail. */
export { integrationKind } from './integration-kind.ts';
export { createIntegrations, type Integrations } from './integrations.ts';
export type { MailAnswers } from './mail-answers.ts';
export { createMailIntake } from './mail-intake.ts';
export { inboundRoutes } from './routes.ts';
export { vendorRoutes } from './vendor-routes.ts';
