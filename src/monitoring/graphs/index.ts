export { drawFrozen, freezeGraph, type FrozenGraph } from './frozen-graph.ts';
export { graphsMigrations } from './migrations.ts';
export { listGraphs } from './graph-store.ts';
export { graphRoutes } from './routes.ts';
