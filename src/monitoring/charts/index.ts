export { type Chart, type ChartSeries, renderChart } from './render-chart.ts';
export { quantity, significant } from './number-format.ts';
export { chartRoutes, type RangeQuery, type RangeSeries } from './routes.ts';
export type { Theme } from './palette.ts';
