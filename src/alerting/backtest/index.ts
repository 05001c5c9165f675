/**
 * A rule over the stored past, before it is merged: when it would have fired, who would have been called, which incidents it would
 * have caught. What decides is `evaluateRule`, as in the present.
 */
export type { BacktestPorts } from './backtest-answer.ts';
export { backtestRoutes } from './backtest-routes.ts';
export type { Called, PastIncident, WouldPage } from './outcome.ts';
