export type { Chart, ChartSeries } from './chart.ts';
export { renderChart } from './render-chart.ts';
export { toPng } from './png.ts';
export { significant } from './number-format.ts';
export { chartRoutes, guessUnit, pointsOf, seriesName, stepFor } from './routes.ts';
export type { Theme } from './palette.ts';
